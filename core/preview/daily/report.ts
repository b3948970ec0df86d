import type { PreviewsConfig } from '../../config/previews.ts';
import type { Day } from '../day.ts';
import { spentIn } from '../ledger.ts';
import type { PreviewState, Refusal } from '../state.ts';
import { isLeftOver } from '../sweep.ts';

export interface PreviewOfRepository {
  readonly repository: string;
  readonly state: PreviewState;
}

/** What the previews of a repository cost on one day, and what became of them. US dollars. */
export interface DailyReport {
  readonly date: string;
  readonly timeZone: string;
  readonly budget: Pick<PreviewsConfig['budget'], 'repository' | 'organisation'>;
  /** Those that cost something, dearest first. */
  readonly previews: readonly DayOfPreview[];
  readonly spent: number;
  /** Other repositories of the organisation that spent something, dearest first. */
  readonly others: readonly { readonly repository: string; readonly spent: number }[];
  readonly refused: readonly {
    readonly pullRequest: number;
    readonly reasons: readonly Refusal['kind'][];
  }[];
  /** Something of them stands although it should be gone. */
  readonly leftOver: readonly number[];
}

export interface DayOfPreview {
  readonly pullRequest: number;
  readonly spent: number;
  /** As of the report. */
  readonly exists: boolean;
}

/** @param previews all of the organisation; `day` is a day of the repository's own zone that has ended. */
export function reportOfDay(
  previews: readonly PreviewOfRepository[],
  repository: string,
  { budget }: Pick<PreviewsConfig, 'budget'>,
  day: Day,
  now: number,
): DailyReport {
  const own = previews.filter((one) => one.repository === repository).map(({ state }) => state);
  const names = new Set(previews.map((one) => one.repository));
  names.delete(repository);
  const others = [...names].map((name) => ({
    repository: name,
    spent: sum(previews.filter((one) => one.repository === name).map(({ state }) => spentIn(state, day))),
  }));
  const rows = own.map((state) => ({
    pullRequest: state.pullRequest,
    spent: spentIn(state, day),
    exists: state.mayExist,
  }));
  return {
    date: day.date,
    timeZone: budget.time_zone,
    budget,
    previews: rows.filter(({ spent }) => spent > 0).toSorted(dearest),
    spent: sum(rows.map(({ spent }) => spent)),
    others: others
      .filter(({ spent }) => spent > 0)
      .toSorted((a, b) => b.spent - a.spent || (a.repository < b.repository ? -1 : 1)),
    refused: own.flatMap((state) => refusedOn(state, day)).toSorted((a, b) => a.pullRequest - b.pullRequest),
    leftOver: own
      .filter((state) => isLeftOver(state, now))
      .map(({ pullRequest }) => pullRequest)
      .toSorted((a, b) => a - b),
  };
}

function refusedOn({ pullRequest, refusals = [] }: PreviewState, day: Day): DailyReport['refused'] {
  const reasons = refusals.filter(({ at }) => at >= day.from && at < day.to).map(({ kind }) => kind);
  return reasons.length === 0 ? [] : [{ pullRequest, reasons: [...new Set(reasons)] }];
}

function dearest(a: DayOfPreview, b: DayOfPreview): number {
  return b.spent - a.spent || a.pullRequest - b.pullRequest;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
