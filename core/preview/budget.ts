import type { PreviewsConfig } from '../config/previews.ts';
import type { Day } from './day.ts';
import { forecast } from './meter.ts';

const hour = 3_600_000;

/** What one preview has cost today. */
export interface LedgerRow {
  readonly repository: string;
  readonly pullRequest: number;
  /** US dollars since midnight. */
  readonly spentToday: number;
  /** US dollars an hour now; 0: it is gone. */
  readonly perHour: number;
  readonly asleep: boolean;
  /** Something of it may exist, running or not. */
  readonly exists: boolean;
  /** US dollars a day that its own config allows the organisation. */
  readonly organisation: number;
  /** When it began to live, ms since the epoch. */
  readonly since: number;
}

export type BudgetScope = 'preview' | 'repository' | 'organisation';

export interface BudgetRefusal {
  readonly code: 'BUDGET_SPENT' | 'BUDGET_FORECAST';
  readonly scope: BudgetScope;
  readonly limit: number;
  readonly spent: number;
  /** What is spent by the end of the day if it starts. */
  readonly expected: number;
  /** Dearest first. */
  readonly by: readonly LedgerRow[];
  readonly offer: Offer | null;
}

/** The cheapest useful thing that a person can do about it. */
export type Offer =
  | { readonly kind: 'shrink'; readonly size: string }
  | { readonly kind: 'sleep' | 'destroy'; readonly pullRequest: number };

/**
 * Whether a preview may run at `perHour` for the rest of the day: what was spent, what runs already and what it would
 * add must fit into each budget. The narrowest budget that does not hold is the answer.
 *
 * @param ledger every preview of the organisation, its own row included.
 */
export function checkBudget(
  { budget, cost }: Pick<PreviewsConfig, 'budget' | 'cost'>,
  asked: { readonly repository: string; readonly pullRequest: number; readonly size: string },
  ledger: readonly LedgerRow[],
  now: number,
  day: Day,
): BudgetRefusal | null {
  const perHour = cost.sizes[asked.size]?.per_hour ?? Number.POSITIVE_INFINITY;
  const isOwn = (row: LedgerRow): boolean =>
    row.repository === asked.repository && row.pullRequest === asked.pullRequest;
  const scopes = [
    { scope: 'preview', limit: budget.preview, rows: ledger.filter(isOwn) },
    {
      scope: 'repository',
      limit: budget.repository,
      rows: ledger.filter(({ repository }) => repository === asked.repository),
    },
    { scope: 'organisation', limit: ofOrganisation(budget.organisation, ledger), rows: ledger },
  ] as const;
  for (const { scope, limit, rows } of scopes) {
    const spent = sum(rows.map(({ spentToday }) => spentToday));
    const others = sum(rows.filter((row) => !isOwn(row)).map((row) => forecast(row.perHour, now, day.to)));
    const expected = spent + others + forecast(perHour, now, day.to);
    if (expected <= limit) continue;
    const by = rows.filter((row) => row.spentToday > 0 || row.perHour > 0).toSorted(dearest);
    const code = spent >= limit ? 'BUDGET_SPENT' : 'BUDGET_FORECAST';
    const room = limit - spent - others;
    const offer = offerFor({ cost, asked, others: rows.filter((row) => !isOwn(row)), room, now, day });
    return { code, scope, limit, spent, expected, by, offer };
  }
  return null;
}

/**
 * The budget of the day that is spent, or will be `ahead` ms from now if everything goes on as it does: then each has
 * to sleep or go. Looking ahead keeps the money within the budget although previews are looked at only so often.
 */
export function overspent(
  { budget }: Pick<PreviewsConfig, 'budget'>,
  own: LedgerRow,
  ledger: readonly LedgerRow[],
  ahead: number,
): BudgetScope | null {
  const total = (rows: readonly LedgerRow[]): number =>
    sum(rows.map(({ spentToday, perHour }) => spentToday + (perHour * ahead) / hour));
  if (total([own]) >= budget.preview) return 'preview';
  if (total(ledger.filter(({ repository }) => repository === own.repository)) >= budget.repository)
    return 'repository';
  return total(ledger) >= ofOrganisation(budget.organisation, ledger) ? 'organisation' : null;
}

/** Repositories may tighten the organisation's budget, none can widen it for the others. */
function ofOrganisation(own: number, ledger: readonly LedgerRow[]): number {
  return Math.min(own, ...ledger.map(({ organisation }) => organisation));
}

/** A smaller size that fits, else somebody's running preview put to sleep, else the oldest one destroyed. */
function offerFor(given: {
  readonly cost: PreviewsConfig['cost'];
  readonly asked: { readonly size: string; readonly repository: string };
  readonly others: readonly LedgerRow[];
  readonly room: number;
  readonly now: number;
  readonly day: Day;
}): Offer | null {
  const { cost, asked, others, room, now, day } = given;
  const current = cost.sizes[asked.size]?.per_hour ?? 0;
  const smaller = Object.entries(cost.sizes)
    .filter(([, { per_hour: price }]) => price < current && forecast(price, now, day.to) <= room)
    .toSorted(([, a], [, b]) => b.per_hour - a.per_hour)[0];
  if (smaller !== undefined) return { kind: 'shrink', size: smaller[0] };
  const mine = others.filter(({ repository, perHour }) => repository === asked.repository && perHour > 0);
  const awake = mine.filter(({ asleep }) => !asleep).toSorted((a, b) => b.perHour - a.perHour)[0];
  if (awake !== undefined) return { kind: 'sleep', pullRequest: awake.pullRequest };
  const oldest = mine.toSorted((a, b) => a.since - b.since)[0];
  return oldest === undefined ? null : { kind: 'destroy', pullRequest: oldest.pullRequest };
}

function dearest(a: LedgerRow, b: LedgerRow): number {
  return b.spentToday - a.spentToday || b.perHour - a.perHour || a.pullRequest - b.pullRequest;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** `$2.40` */
export function money(dollars: number): string {
  return `$${dollars.toFixed(2)}`;
}
