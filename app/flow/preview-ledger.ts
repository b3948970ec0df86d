import { listAggregates, lockName, type Sql, type Transaction } from '../../adapters/postgres/index.ts';
import type { AggregateRef } from '../../core/flow/event.ts';
import type { LedgerRow } from '../../core/preview/budget.ts';
import { ledgerRow } from '../../core/preview/ledger.ts';
import type { PreviewState } from '../../core/preview/state.ts';

/** Previews of one organisation that are looked at, newest first. */
const most = 5_000;
const day = 86_400_000;

export interface StoredPreview {
  readonly repository: string;
  readonly state: PreviewState;
}

/** The previews of the repository's organisation that may exist, or to which something happened in the last days. */
export async function previewsOf(
  sql: Sql,
  repository: string,
  now: number,
  days = 2,
): Promise<readonly StoredPreview[]> {
  const owner = repository.split('/')[0] ?? '';
  const filter = { kind: 'preview', owner, closedSince: now - days * day, limit: most } as const;
  const stored = await listAggregates(sql, filter);
  return stored.map(({ ref, state }) => ({ repository: ref.repository, state: state as PreviewState }));
}

/**
 * What the other previews of the organisation cost, and nobody starts another one until the transaction ends: two that
 * begin at the same moment, on whatever replicas, count each other. Each counts its money by the day of its own
 * repository.
 */
export async function lockLedger(
  tx: Transaction,
  ref: AggregateRef,
  now: number,
): Promise<readonly LedgerRow[]> {
  await lockName(tx, `previews/${ref.repository.split('/')[0]}`);
  return (await previewsOf(tx, ref.repository, now))
    .filter(({ repository, state }) => repository !== ref.repository || `pr/${state.pullRequest}` !== ref.key)
    .map(({ repository, state }) =>
      ledgerRow(state, repository, now, state.config?.budget.time_zone ?? 'UTC'),
    )
    .filter((row) => row.exists || row.spentToday > 0);
}
