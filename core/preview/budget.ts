import type { PreviewsConfig } from '../config/previews.ts';
import type { Day } from './day.ts';
import { forecast } from './meter.ts';
import { type Exceeded, type Offer, offerFor } from './offer.ts';
import type { LedgerRow } from './row.ts';

export type { LedgerRow } from './row.ts';

const hour = 3_600_000;
/** Previews that a refusal names. */
const mostQuoted = 10;
/** What adding up fractions of cents may leave over, US dollars: nobody is refused for it. An offer does without. */
const crumbs = 1e-6;

export type BudgetScope = 'preview' | 'repository' | 'organisation';

export interface BudgetRefusal {
  readonly code: 'BUDGET_SPENT' | 'BUDGET_FORECAST';
  readonly scope: BudgetScope;
  readonly limit: number;
  readonly spent: number;
  /** What is spent by the end of the day if it starts. */
  readonly expected: number;
  /** Dearest first, ten at most. */
  readonly by: readonly LedgerRow[];
  readonly offer: Offer | null;
}

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
  const exceeded = exceededBudgets(budget, { ...asked, perHour }, ledger, now, day);
  const [narrowest] = exceeded;
  if (narrowest === undefined) return null;
  const { scope, limit, spent, expected, rows } = narrowest;
  const by = rows.filter((row) => row.spentToday > 0 || row.perHour > 0).toSorted(dearest);
  const code = spent >= limit ? 'BUDGET_SPENT' : 'BUDGET_FORECAST';
  const others = ledger.filter((row) => !isSame(row, asked));
  const offer = offerFor({ cost, asked, others, exceeded, left: day.to - now });
  return { code, scope, limit, spent, expected, by: by.slice(0, mostQuoted), offer };
}

/** The budgets that would not hold until midnight if it ran at `perHour` (US dollars) from now on, narrowest first. */
export function exceededBudgets(
  budget: PreviewsConfig['budget'],
  asked: { readonly repository: string; readonly pullRequest: number; readonly perHour: number },
  ledger: readonly LedgerRow[],
  now: number,
  day: Day,
): readonly ExceededBudget[] {
  const isOwn = (row: LedgerRow): boolean => isSame(row, asked);
  const scopes = [
    { scope: 'preview', limit: budget.preview, counts: isOwn },
    {
      scope: 'repository',
      limit: budget.repository,
      counts: ({ repository }: LedgerRow) => repository === asked.repository,
    },
    { scope: 'organisation', limit: ofOrganisation(budget.organisation, ledger), counts: () => true },
  ] as const;
  return scopes.flatMap(({ scope, limit, counts }) => {
    const rows = ledger.filter(counts);
    const spent = sum(rows.map(({ spentToday }) => spentToday));
    const others = sum(rows.filter((row) => !isOwn(row)).map((row) => forecast(row.perHour, now, day.to)));
    const expected = spent + others + forecast(asked.perHour, now, day.to);
    return expected <= limit + crumbs ? [] : [{ scope, limit, counts, spent, expected, rows }];
  });
}

interface ExceededBudget extends Exceeded {
  readonly scope: BudgetScope;
  readonly spent: number;
  readonly rows: readonly LedgerRow[];
}

function isSame(
  row: LedgerRow,
  { repository, pullRequest }: { readonly repository: string; readonly pullRequest: number },
): boolean {
  return row.repository === repository && row.pullRequest === pullRequest;
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
