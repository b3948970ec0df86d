import type { LedgerRow } from './budget.ts';
import { type Day, dayAt } from './day.ts';
import { spentBetween } from './meter.ts';
import type { PreviewState } from './state.ts';

/** The bill of the cost endpoint, and what was metered since; without a bill of today all that was metered. */
function spentToday({ meter, bill }: PreviewState, day: Day, now: number): number {
  if (bill === null || bill.at < day.from) return spentBetween(meter, day.from, now);
  return bill.spentToday + spentBetween(meter, bill.at, now);
}

/** What a preview has cost today and costs now, for the budgets of others. */
export function ledgerRow(state: PreviewState, repository: string, now: number, timeZone: string): LedgerRow {
  const day = dayAt(now, timeZone);
  const open = state.meter.at(-1);
  return {
    repository,
    pullRequest: state.pullRequest,
    spentToday: spentToday(state, day, now),
    perHour: open?.to === null ? open.perHour : 0,
    asleep: state.running?.asleep ?? false,
    exists: state.mayExist,
    organisation: state.config?.budget.organisation ?? Number.POSITIVE_INFINITY,
    since: state.since,
  };
}
