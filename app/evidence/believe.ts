import {
  aggregatesOfCommit,
  type Database,
  lockCommit,
  type StoredFile,
  storeGateResult,
  type Transaction,
} from '../../adapters/postgres/index.ts';
import type { GateReport } from '../../core/flow/event.ts';
import { type ApplyPorts, applyEvents } from '../flow/apply.ts';
import type { Blobs } from './blobs.ts';

/** A file whose bytes lie in the store, and of which nobody said yet that it counts. */
export interface StagedFile extends StoredFile {
  readonly size: number;
}

export interface BelievePorts extends ApplyPorts {
  readonly blobs: Blobs;
  readonly database: Database;
  readonly now: () => number;
}

/**
 * Stores a believed result with its files and tells every change and release of its commit, in one transaction. The
 * same result of the same run twice is one. A fork's result is told to changes alone.
 *
 * @param claim takes what the submission may be used for once, in the same transaction; it throws when that is gone.
 */
export async function believe(
  report: GateReport,
  files: readonly StagedFile[],
  ports: BelievePorts,
  claim: (tx: Transaction, now: number) => Promise<void> = async () => undefined,
): Promise<void> {
  // Before the transaction: what a lost connection leaves behind is kept a little longer than it had to be.
  const { repository, sha } = report.result.subject;
  for (const { sha256 } of files) await ports.blobs.keep(sha256, repository);
  await ports.database.transaction(async (tx) => {
    const now = ports.now();
    await claim(tx, now);
    await lockCommit(tx, repository, sha);
    if (!(await storeGateResult(tx, report, files))) return;
    const refs = (await aggregatesOfCommit(tx, repository, sha)).filter(
      ({ kind }) => kind === 'change' || report.origin.fork === undefined,
    );
    const event = { type: 'gate.reported', report } as const;
    await applyEvents(
      tx,
      refs.map((ref) => ({ ref, event })),
      ports,
      now,
    );
  });
}
