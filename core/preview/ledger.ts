import type { LedgerRow } from './budget.ts';
import { type Day, dayAt } from './day.ts';
import { spentBetween } from './meter.ts';
import { turnOf } from './queue.ts';
import type { Turn } from './row.ts';
import { priceOf, sizeOf } from './size.ts';
import type { PreviewState, Refusal } from './state.ts';

/**
 * US dollars of a time within one day: the cost endpoint's last figure of it and what was metered since, else all that
 * was metered.
 */
export function spentIn(
  { meter, bill, lastBill = null }: PreviewState,
  { from, to }: Pick<Day, 'from' | 'to'>,
): number {
  const said = [bill, lastBill].find((one) => one !== null && one.at >= from && one.at <= to);
  return said == null ? spentBetween(meter, from, to) : said.spentToday + spentBetween(meter, said.at, to);
}

/** What a preview has cost today and costs now, for the budgets of others. */
export function ledgerRow(state: PreviewState, repository: string, now: number, timeZone: string): LedgerRow {
  const day = dayAt(now, timeZone);
  const open = state.meter.at(-1);
  return {
    repository,
    pullRequest: state.pullRequest,
    spentToday: spentIn(state, { from: day.from, to: now }),
    perHour: open?.to === null ? open.perHour : 0,
    perHourAsleep: priceOf(state, state.running?.size ?? '', true),
    asleep: state.running?.asleep ?? false,
    exists: state.mayExist,
    organisation: state.config?.budget.organisation ?? Number.POSITIVE_INFINITY,
    since: state.since,
    leaves: state.order?.action === 'destroy' || (state.expiresAt !== null && now >= state.expiresAt),
    turn: state.mayExist
      ? null
      : turnOf(
          state.waits,
          waitsFor(state.refusal),
          state.config?.cost.sizes[sizeOf(state)]?.per_hour ?? 0,
          now,
        ),
  };
}

/** What a refused preview waits for that others may leave; null: nothing of that kind. */
function waitsFor(refusal: Refusal | null): Turn['forWhat'] | null {
  if (refusal === null) return null;
  switch (refusal.kind) {
    case 'concurrency':
    case 'turn':
      return 'place';
    case 'budget':
      return refusal.refusal.scope === 'preview' ? null : refusal.refusal.scope;
    case 'fork':
    case 'draft':
    case 'undeclared':
    case 'cost-unknown':
    case 'failed':
      return null;
  }
}
