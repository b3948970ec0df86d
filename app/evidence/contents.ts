import { fileURLToPath } from 'node:url';
import { folderContents } from '../../adapters/blob-folder/index.ts';
import { type Database, postgresContents } from '../../adapters/postgres/index.ts';
import { parseS3Settings, s3Contents } from '../../adapters/s3/index.ts';
import type { ContentStore } from '../../core/ports/blob-store.ts';

/**
 * The store that EVIDENCE_STORE names: `s3://…`, a folder (`file:///…` or a path), and Postgres when it is unset.
 *
 * @throws ConfigError `EVIDENCE_STORE_INVALID`
 */
export function openContents(
  setting: string | undefined,
  database: Database,
  env: Readonly<Record<string, string | undefined>>,
): ContentStore {
  return openContentsAlone(setting, env) ?? postgresContents(database);
}

/** The same for a store that needs no database; null when the bytes lie in Postgres. */
export function openContentsAlone(
  setting: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): ContentStore | null {
  if (setting === undefined || setting === 'postgres') return null;
  if (setting.startsWith('s3://')) return s3Contents(parseS3Settings(setting, env));
  return folderContents(setting.startsWith('file://') ? fileURLToPath(setting) : setting);
}
