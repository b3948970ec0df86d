import { type BlobRecord, connect, type Database, holdBlob, listBlobs } from '../adapters/postgres/index.ts';
import { ConflictError, InputError } from '../core/errors.ts';
import { removalRefused } from '../core/evidence/retention.ts';
import { silentLog } from '../core/ports/system.ts';
import { readEnvironment } from './environment.ts';
import { openContents } from './evidence/contents.ts';

/** A file that is kept. `inUse`: it is part of a known result and stays with it, whatever its time. */
export interface KeptBlob extends BlobRecord {
  readonly inUse: boolean;
}

/** The evidence of a Conductor, for people who keep it: what there is, how long, and legal holds. */
export interface EvidenceStore {
  list(): Promise<readonly KeptBlob[]>;
  /** Sets or, with null, lifts a legal hold. Throws `InputError` when nothing is stored under this digest. */
  hold(sha256: string, because: string | null): Promise<void>;
  /** Removes what may be removed now, and answers with it. */
  prune(now: number): Promise<readonly BlobRecord[]>;
  /**
   * Removes one file.
   *
   * @throws ConflictError `RETAINED` before its time and under a legal hold, `EVIDENCE_IN_USE` as part of a known
   *   result; `InputError` when nothing is stored under this digest.
   */
  remove(sha256: string, now: number): Promise<void>;
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
  const list = async (): Promise<readonly KeptBlob[]> => {
    const used = await inResults(database);
    return (await listBlobs(database)).map((blob) => ({ ...blob, inUse: used.has(blob.sha256) }));
  };
  const remove = async (blob: KeptBlob, now: number): Promise<void> => {
    const refused = refusal(blob, now);
    if (refused !== null) throw refused;
    await contents.remove(blob.sha256, now);
    await database.query('delete from evidence_blobs where sha256 = $1', [blob.sha256]);
  };
  return {
    list,
    async hold(sha256, because) {
      if (!(await holdBlob(database, sha256, because))) throw unknown(sha256);
      await contents.hold(sha256, because !== null);
    },
    async prune(now) {
      const due = (await list()).filter((blob) => refusal(blob, now) === null);
      for (const blob of due) await remove(blob, now);
      return due;
    },
    async remove(sha256, now) {
      const blob = (await list()).find((kept) => kept.sha256 === sha256);
      if (blob === undefined) throw unknown(sha256);
      await remove(blob, now);
    },
    close: () => database.close(),
  };
}

/** Why it stays; null: it may go. */
function refusal({ sha256, retainUntil, heldBecause, inUse }: KeptBlob, now: number): ConflictError | null {
  const retained = removalRefused(sha256, { retainUntil, held: heldBecause !== null }, now);
  if (retained !== null || !inUse) return retained;
  return new ConflictError(
    'EVIDENCE_IN_USE',
    `Evidence ${sha256} is kept: it is part of a result that is known`,
    'A later bundle may be packed from it; it stays as long as the result.',
  );
}

/** Files of results stay as long as the result is known: their rows are what a later bundle is packed from. */
async function inResults(database: Database): Promise<ReadonlySet<string>> {
  const { rows } = await database.query<{ blob: string }>('select distinct blob from evidence_files');
  return new Set(rows.map(({ blob }) => blob));
}

function unknown(sha256: string): InputError {
  return new InputError('EVIDENCE_UNKNOWN', `there is no evidence ${sha256}`, 'evidence retention lists all');
}
