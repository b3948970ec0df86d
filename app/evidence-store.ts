import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { runningPostgres, startPostgres } from '../adapters/embedded-postgres/index.ts';
import { connect } from '../adapters/postgres/index.ts';
import { InputError } from '../core/errors.ts';
import type { ContentStore, KeptContent } from '../core/ports/blob-store.ts';
import { silentLog } from '../core/ports/system.ts';
import { readEnvironment } from './environment.ts';
import { openContents, openContentsAlone } from './evidence/contents.ts';
import { type EvidenceKeeper, evidenceKeeper } from './evidence/keeper.ts';

export type { Asked, EvidenceKeeper, KeptBlob } from './evidence/keeper.ts';

/** The evidence of a Conductor, for people who keep it. */
export type EvidenceStore = (
  | { readonly keeper: EvidenceKeeper }
  /** The bytes' store without the database: what there is and until when, and nothing can be changed. */
  | { readonly keeper: null; readonly alone: () => AsyncIterable<KeptContent> }
) & { close(): Promise<void> };

/**
 * Opens the evidence that the environment names: with the database of DATABASE_URL or of the Conductor in DATA_DIR
 * (which may run meanwhile), or, where there is neither, the store of EVIDENCE_STORE alone.
 *
 * @throws InputError `NO_EVIDENCE` when none of them is there.
 */
export async function openEvidenceStore(env: NodeJS.ProcessEnv, cwd: string): Promise<EvidenceStore> {
  const { databaseUrl, evidenceStore, dataDir } = readEnvironment(env);
  const found =
    databaseUrl === undefined
      ? await openBundled(resolve(cwd, dataDir))
      : { url: databaseUrl, close: async () => {} };
  if (found === null) return openAlone(evidenceStore, env);
  const database = await connect({ url: found.url, log: silentLog, connections: 2 });
  return {
    keeper: evidenceKeeper(database, openContents(evidenceStore, database, env)),
    close: async () => {
      await database.close();
      await found.close();
    },
  };
}

/** The Postgres of a Conductor without DATABASE_URL: joined when it runs, else started for a moment. */
async function openBundled(dataDir: string): Promise<{ url: string; close: () => Promise<void> } | null> {
  const isThere = await stat(join(dataDir, 'postgres', 'data', 'PG_VERSION')).catch(() => null);
  if (isThere === null) return null;
  const url = await runningPostgres(dataDir);
  return url === null ? startPostgres({ dataDir, log: silentLog }) : { url, close: async () => {} };
}

function openAlone(setting: string | undefined, env: NodeJS.ProcessEnv): EvidenceStore {
  const contents: ContentStore | null = openContentsAlone(setting, env);
  if (contents !== null) return { keeper: null, alone: () => contents.list(), close: async () => {} };
  throw new InputError(
    'NO_EVIDENCE',
    'expected DATABASE_URL, a Conductor in DATA_DIR, or EVIDENCE_STORE',
    'set them as for the Conductor itself',
  );
}
