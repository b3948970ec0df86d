import { type BlobRecord, connect, type Database, holdBlob, listBlobs } from '../adapters/postgres/index.ts';
import { InputError } from '../core/errors.ts';
import { silentLog } from '../core/ports/system.ts';
import { readEnvironment } from './environment.ts';
import { openContents } from './evidence/contents.ts';

/** The evidence of a Conductor, for people who keep it: what there is, how long, and legal holds. */
export interface EvidenceStore {
  list(): Promise<readonly BlobRecord[]>;
  /** Sets or, with null, lifts a legal hold. Throws `InputError` when nothing is stored under this digest. */
  hold(sha256: string, because: string | null): Promise<void>;
  /** Removes what may be removed now, and answers with it. */
  prune(now: number): Promise<readonly BlobRecord[]>;
  close(): Promise<void>;
}

/**
 * Opens the store that the environment names.
 *
 * @throws InputError `NO_DATABASE` without DATABASE_URL: the bundled Postgres belongs to the running Conductor.
 */
export async function openEvidenceStore(env: NodeJS.ProcessEnv): Promise<EvidenceStore> {
  const { databaseUrl, evidenceStore } = readEnvironment(env);
  if (databaseUrl === undefined) {
    throw new InputError('NO_DATABASE', 'expected DATABASE_URL', 'set it as for the Conductor itself');
  }
  const database = await connect({ url: databaseUrl, log: silentLog, connections: 2 });
  const contents = openContents(evidenceStore, database, env);
  return {
    list: () => listBlobs(database),
    async hold(sha256, because) {
      if (!(await holdBlob(database, sha256, because))) {
        throw new InputError(
          'EVIDENCE_UNKNOWN',
          `there is no evidence ${sha256}`,
          'evidence retention lists all',
        );
      }
      await contents.hold(sha256, because !== null);
    },
    async prune(now) {
      const due = (await listBlobs(database)).filter((blob) => isDue(blob, now));
      const removable = await unreferenced(database, due);
      for (const { sha256 } of removable) {
        await contents.remove(sha256, now);
        await database.query('delete from evidence_blobs where sha256 = $1', [sha256]);
      }
      return removable;
    },
    close: () => database.close(),
  };
}

function isDue({ heldBecause, retainUntil }: BlobRecord, now: number): boolean {
  return heldBecause === null && retainUntil <= now;
}

/** Files of results stay as long as the result is known: their rows are what a later bundle is packed from. */
async function unreferenced(
  database: Database,
  blobs: readonly BlobRecord[],
): Promise<readonly BlobRecord[]> {
  const { rows } = await database.query<{ blob: string }>('select distinct blob from evidence_files');
  const used = new Set(rows.map(({ blob }) => blob));
  return blobs.filter(({ sha256 }) => !used.has(sha256));
}
