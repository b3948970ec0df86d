import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { data } from '@actions/expressions';
import type { FunctionDefinition } from '@actions/expressions/funcs/info';

export type Status = 'success' | 'failure' | 'cancelled';

/** `success()`, `failure()`, `cancelled()` and `always()` over the status so far. */
export function statusFunctions(status: Status | 'skipped'): FunctionDefinition[] {
  const define = (name: string, value: boolean): FunctionDefinition => ({
    name,
    minArgs: 0,
    maxArgs: Number.MAX_SAFE_INTEGER,
    call: () => new data.BooleanData(value),
  });
  return [
    define('success', status === 'success'),
    define('failure', status === 'failure'),
    define('cancelled', status === 'cancelled'),
    define('always', true),
  ];
}

/**
 * `hashFiles(patterns…)`: the SHA-256 over the SHA-256 of each matching file of the workspace, in sorted order;
 * the empty string when nothing matches.
 */
export function hashFilesFunction(workspace: string): FunctionDefinition {
  return {
    name: 'hashFiles',
    minArgs: 1,
    maxArgs: 255,
    call: (...patterns) =>
      new data.StringData(
        hashFiles(
          workspace,
          patterns.map((pattern) => pattern.coerceString()),
        ),
      ),
  };
}

function hashFiles(workspace: string, patterns: readonly string[]): string {
  const excluded = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const included = patterns.filter((pattern) => !pattern.startsWith('!'));
  const files = globSync(included, { cwd: workspace, exclude: excluded })
    .filter((path) => statSync(join(workspace, path)).isFile())
    .sort();
  if (files.length === 0) return '';
  const total = createHash('sha256');
  for (const path of files) {
    total.update(
      createHash('sha256')
        .update(readFileSync(join(workspace, path)))
        .digest(),
    );
  }
  return total.digest('hex');
}
