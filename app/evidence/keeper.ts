import {
  appendAudit,
  type BlobRecord,
  blobsInResults,
  type Database,
  extendBlob,
  forgetBlob,
  holdBlob,
  listBlobs,
  lockBlob,
  type Transaction,
} from '../../adapters/postgres/index.ts';
import { ConflictError, InputError } from '../../core/errors.ts';
import { type KeepingAct, keepingNote } from '../../core/evidence/keeping-note.ts';
import { removalRefused } from '../../core/evidence/retention.ts';
import type { AuditNote } from '../../core/flow/effect.ts';
import type { ContentStore } from '../../core/ports/blob-store.ts';

/** A file that is kept. `inUse`: it is part of a known result and stays with it, whatever its time. */
export interface KeptBlob extends BlobRecord {
  readonly inUse: boolean;
}

/** Who does something with evidence, and why: what the audit log tells of it. */
export interface Asked {
  readonly by: string;
  readonly reason: string;
  /** ms since the epoch */
  readonly now: number;
}

/**
 * Keeps evidence: what there is, how long, and legal holds. Every hold, lifted hold and removal is an entry in the
 * audit log of each repository whose evidence it is, in the same transaction.
 */
export interface EvidenceKeeper {
  list(): Promise<readonly KeptBlob[]>;
  /**
   * Sets a legal hold. `repository`: whose evidence it is from now on, for what was nobody's yet.
   *
   * @throws InputError when nothing is stored under this digest, or it is nobody's evidence.
   */
  hold(sha256: string, asked: Asked, repository?: string): Promise<void>;
  /** Lifts it. */
  release(sha256: string, asked: Asked): Promise<void>;
  /** Removes what may be removed now, and answers with it. */
  prune(asked: Asked): Promise<readonly BlobRecord[]>;
  /**
   * Removes one file.
   *
   * @throws ConflictError `RETAINED` before its time and under a legal hold, `EVIDENCE_IN_USE` as part of a known
   *   result; `InputError` when nothing is stored under this digest.
   */
  remove(sha256: string, asked: Asked): Promise<void>;
}

export function evidenceKeeper(database: Database, contents: ContentStore): EvidenceKeeper {
  const list = async (): Promise<readonly KeptBlob[]> => {
    const used = await blobsInResults(database);
    return (await listBlobs(database)).map((blob) => ({ ...blob, inUse: used.has(blob.sha256) }));
  };
  /** Looks again under the lock: a hold that is set meanwhile wins, or finds nothing. Null: it stays, and why not. */
  const remove = async (tx: Transaction, sha256: string, asked: Asked): Promise<BlobRecord> => {
    const blob = await locked(tx, sha256);
    const inUse = (await blobsInResults(tx, sha256)).size > 0;
    const refused = refusal({ ...blob, inUse }, asked.now);
    if (refused !== null) throw refused;
    await forgetBlob(tx, sha256);
    await tell(tx, blob, 'evidence.removed', asked);
    // Last: with the bytes gone and the commit lost the record is left, and the next removal ends it.
    await contents.remove(sha256, asked.now);
    return blob;
  };
  return {
    list,
    hold: (sha256, asked, repository) =>
      database.transaction(async (tx) => {
        if (repository !== undefined) await extendBlob(tx, sha256, repository, 0);
        const blob = await locked(tx, sha256);
        if (blob.repositories.length === 0) throw ofNobody(sha256);
        await contents.hold(sha256, true);
        await holdBlob(tx, sha256, asked.reason);
        await tell(tx, blob, 'evidence.held', asked);
      }),
    release: (sha256, asked) =>
      database.transaction(async (tx) => {
        const blob = await locked(tx, sha256);
        if (blob.heldBecause === null) return;
        await holdBlob(tx, sha256, null);
        await tell(tx, blob, 'evidence.released', asked);
        await contents.hold(sha256, false);
      }),
    async prune(asked) {
      const due = (await list()).filter((blob) => refusal(blob, asked.now) === null);
      const removed: BlobRecord[] = [];
      for (const { sha256 } of due) {
        const gone = await database.transaction((tx) => remove(tx, sha256, asked)).catch(unlessItStays);
        if (gone !== null) removed.push(gone);
      }
      return removed;
    },
    async remove(sha256, asked) {
      await database.transaction((tx) => remove(tx, sha256, asked));
    },
  };
}

async function locked(tx: Transaction, sha256: string): Promise<BlobRecord> {
  const blob = await lockBlob(tx, sha256);
  if (blob !== null) return blob;
  throw new InputError('EVIDENCE_UNKNOWN', `there is no evidence ${sha256}`, 'evidence retention lists all');
}

async function tell(tx: Transaction, blob: BlobRecord, act: KeepingAct, asked: Asked): Promise<void> {
  const note: AuditNote = keepingNote(act, blob, asked);
  for (const repository of blob.repositories) await appendAudit(tx, repository, null, [note], asked.now);
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

/** What was held, used or removed by somebody else since it was listed is no fault of a pruning. */
function unlessItStays(error: unknown): null {
  if (error instanceof ConflictError) return null;
  if (error instanceof InputError && error.code === 'EVIDENCE_UNKNOWN') return null;
  throw error;
}

function ofNobody(sha256: string): InputError {
  return new InputError(
    'EVIDENCE_OF_NOBODY',
    `Evidence ${sha256} belongs to no repository whose audit log could tell of the hold`,
    'Say whose it is with --repo OWNER/NAME: it is that repository’s evidence from then on.',
  );
}
