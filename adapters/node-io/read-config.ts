import { type GatesConfig, parseGatesConfig } from '../../core/config/gates-config.ts';
import type { OrganisationText } from '../../core/config/organisation/check.ts';
import { configPath } from '../../core/config/path.ts';
import { type ConfigProblem, formatProblem } from '../../core/config/problem.ts';
import { ConfigError } from '../../core/errors.ts';
import type { FileTree } from '../../core/ports/system.ts';

const maxConfigBytes = 1024 * 1024;

export interface ConfigRead {
  readonly config: GatesConfig;
  readonly sha256: string;
  /** Which of the trees it came from; `default` when there is no file and every default holds. */
  readonly origin: 'base' | 'head' | 'default';
  /** What it says more weakly than its organisation allows: it has no effect. */
  readonly weaker: readonly ConfigProblem[];
}

/**
 * Reads what gates need of the config. With a base (a pull request) the base's file counts, so that a change cannot loosen the rules
 * it is judged by; only a config that the base does not have yet is taken from the change. A default path without
 * a file means the defaults. The config of the organisation is the default of what it does not say. Throws `ConfigError` with every problem, or when a file that was named is missing.
 */
export async function readConfig(
  path: string,
  files: FileTree,
  baseFiles: FileTree | undefined,
  organisation: OrganisationText | null = null,
): Promise<ConfigRead> {
  const base = await baseFiles?.read(path, maxConfigBytes);
  if (base) return { ...(await parseConfig(decode(base, path), path, organisation)), origin: 'base' };
  const head = await files.read(path, maxConfigBytes);
  if (head !== null)
    return { ...(await parseConfig(decode(head, path), path, organisation)), origin: 'head' };
  if (path === configPath) {
    return { ...(await parseConfig('version: 1\n', path, organisation)), origin: 'default' };
  }
  throw new ConfigError(
    'CONFIG_MISSING',
    `There is no config file ${path}.`,
    `Name an existing file with the config input, or write ${configPath} (release-conductor init makes one).`,
  );
}

/**
 * What gates need of a config that was named, over that of the organisation.
 *
 * @throws ConfigError `CONFIG_INVALID` with every problem
 */
export async function parseConfig(
  text: string,
  file: string,
  organisation: OrganisationText | null,
): Promise<Omit<ConfigRead, 'origin'>> {
  if (organisation === null) return { ...parseGatesConfig(text, file), weaker: [] };
  // Loaded where there is an organisation's: most repositories have none, and every run would pay for it.
  const { effectiveGatesConfig } = await import('../../core/config/organisation/gates.ts');
  const found = effectiveGatesConfig({ text, file }, organisation);
  if (found.ok) return found;
  const words = found.problems.map(formatProblem).join('\n');
  throw new ConfigError('CONFIG_INVALID', words, 'Correct this in the file that is named.');
}

/** The digest is taken over the text: a file that is not exact UTF-8 would have two. */
function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new ConfigError('CONFIG_UNREADABLE', `${path} is not UTF-8 text.`, 'Save the file as UTF-8.', {
      cause,
    });
  }
}
