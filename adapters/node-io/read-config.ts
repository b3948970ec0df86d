import { createHash } from 'node:crypto';
import { parse } from 'yaml';
import { type Config, configSchema } from '../../core/config/schema.ts';
import { ConfigError } from '../../core/errors.ts';
import { parseOptions } from '../../core/gate/options.ts';
import type { FileTree } from '../../core/ports/system.ts';

/** Where the config lies when nobody says otherwise. */
export const defaultConfigPath = '.github/release-conductor.yml';
const maxConfigBytes = 1024 * 1024;

export interface ConfigRead {
  readonly config: Config;
  readonly sha256: string;
  /** Which of the trees it came from; `default` when there is no file and every default holds. */
  readonly origin: 'base' | 'head' | 'default';
}

/**
 * Reads the config. With a base (a pull request) the base's file counts, so that a change cannot loosen the rules
 * it is judged by; only a config that the base does not have yet is taken from the change. A default path without
 * a file means the defaults. Throws `ConfigError` with every problem, or when a file that was named is missing.
 */
export async function readConfig(
  path: string,
  files: FileTree,
  baseFiles: FileTree | undefined,
): Promise<ConfigRead> {
  const base = await baseFiles?.read(path, maxConfigBytes);
  if (base) return { ...parseConfigBytes(base, path), origin: 'base' };
  const head = await files.read(path, maxConfigBytes);
  if (head !== null) return { ...parseConfigBytes(head, path), origin: 'head' };
  if (path === defaultConfigPath)
    return { ...parseConfigBytes(new TextEncoder().encode('version: 1\n'), path), origin: 'default' };
  throw new ConfigError(
    'CONFIG_MISSING',
    `There is no config file ${path}.`,
    `Name an existing file with the config input, or write ${defaultConfigPath} (release-conductor init makes one).`,
  );
}

function parseConfigBytes(bytes: Uint8Array, path: string): Omit<ConfigRead, 'origin'> {
  const text = new TextDecoder('utf-8', { fatal: false }).decode(bytes);
  let raw: unknown;
  try {
    raw = parse(text, { maxAliasCount: 100 });
  } catch (cause) {
    const words = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new ConfigError(
      'CONFIG_UNREADABLE',
      `${path} is not YAML: ${words}`,
      'Correct the line named above.',
      {
        cause,
      },
    );
  }
  return {
    config: parseOptions(configSchema, raw, path),
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}
