import { listAggregates, lockName, type Sql, type Transaction } from '../../adapters/postgres/index.ts';
import type { AggregateRef } from '../../core/flow/event.ts';
import type { LedgerRow } from '../../core/preview/budget.ts';
import { othersOf, type PreviewOf, rowOf } from '../../core/preview/next-in-line.ts';
import type { PreviewState } from '../../core/preview/state.ts';

/** Previews of one organisation that are looked at, newest first. */
const most = 5_000;
const day = 86_400_000;

/** The previews of the repository's organisation that may exist, or to which something happened in the last days. */
export async function previewsOf(
  sql: Sql,
  repository: string,
  now: number,
  days = 2,
): Promise<readonly PreviewOf[]> {
  const owner = repository.split('/')[0] ?? '';
  const filter = { kind: 'preview', owner, closedSince: now - days * day, limit: most } as const;
  const stored = await listAggregates(sql, filter);
  return stored.map(({ ref, state }) => ({ repository: ref.repository, state: state as PreviewState }));
}

/**
 * What the other previews of the organisation cost and who waits, and nobody starts another one until the transaction ends: two
 * that begin at the same moment, on whatever replicas, count each other.
 */
export async function lockLedger(
  tx: Transaction,
  ref: AggregateRef,
  now: number,
): Promise<readonly LedgerRow[]> {
  await lockName(tx, `previews/${ref.repository.split('/')[0]}`);
  const rows = (await previewsOf(tx, ref.repository, now)).map(({ repository, state }) =>
    rowOf(repository, state, now),
  );
  return othersOf(rows, ref.repository, Number(ref.key.slice('pr/'.length)));
}
