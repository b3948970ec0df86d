import { type GatesConfig, parseGatesConfig } from '../../core/config/gates-config.ts';
import { configPath } from '../../core/config/path.ts';
import { ConfigError } from '../../core/errors.ts';
import type { FileTree } from '../../core/ports/system.ts';

const maxConfigBytes = 1024 * 1024;

export interface ConfigRead {
  readonly config: GatesConfig;
  readonly sha256: string;
  /** Which of the trees it came from; `default` when there is no file and every default holds. */
  readonly origin: 'base' | 'head' | 'default';
}

/**
 * Reads what gates need of the config. With a base (a pull request) the base's file counts, so that a change cannot loosen the rules
 * it is judged by; only a config that the base does not have yet is taken from the change. A default path without
 * a file means the defaults. Throws `ConfigError` with every problem, or when a file that was named is missing.
 */
export async function readConfig(
  path: string,
  files: FileTree,
  baseFiles: FileTree | undefined,
): Promise<ConfigRead> {
  const base = await baseFiles?.read(path, maxConfigBytes);
  if (base) return { ...parseGatesConfig(decode(base, path), path), origin: 'base' };
  const head = await files.read(path, maxConfigBytes);
  if (head !== null) return { ...parseGatesConfig(decode(head, path), path), origin: 'head' };
  if (path === configPath) return { ...parseGatesConfig('version: 1\n', path), origin: 'default' };
  throw new ConfigError(
    'CONFIG_MISSING',
    `There is no config file ${path}.`,
    `Name an existing file with the config input, or write ${configPath} (release-conductor init makes one).`,
  );
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
