import type { LedgerRow } from './budget.ts';
import { dayAt } from './day.ts';
import { spentBetween } from './meter.ts';
import type { PreviewState } from './state.ts';

/** What a preview has cost today and costs now, for the budgets of others. */
export function ledgerRow(state: PreviewState, repository: string, now: number, timeZone: string): LedgerRow {
  const day = dayAt(now, timeZone);
  const open = state.meter.at(-1);
  return {
    repository,
    pullRequest: state.pullRequest,
    spentToday: spentBetween(state.meter, day.from, now),
    perHour: open?.to === null ? open.perHour : 0,
    asleep: state.running?.asleep ?? false,
    exists: state.mayExist,
    since: state.since,
  };
}
