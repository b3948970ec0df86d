import { globMatcher } from '../../core/gate/glob.ts';
import type { MigrationsOptions } from './options.ts';

/** The acknowledged plan for a migration that cannot be undone: of the config, or said in the file; null: none. */
export function forwardFixFor(options: MigrationsOptions, path: string, text: string): string | null {
  const listed = options.forward_fixes.find((fix) => globMatcher([fix.path])(path));
  if (listed !== undefined) return `${listed.plan} (${listed.owner})`;
  const said = /^[ \t]*(?:--|\/\/)[ \t]*forward-fix:[ \t]*(\S.{9,})$/im.exec(text);
  return said?.[1]?.trim() ?? null;
}
