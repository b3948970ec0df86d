import type { PreviewsConfig } from '../config/previews.ts';
import { exceededBudgets } from './budget.ts';
import type { Day } from './day.ts';
import type { LedgerRow, Turn } from './row.ts';

/** Those in line that are looked at, of a repository and of the rest of its organisation: the others come later. */
const mostInLine = 20;
/** Who was called and did not come for so long holds nobody up, ms: its repository may be gone. */
const patience = 15 * 60_000;

/** Since when a preview waits for room, ms since the epoch; `0`: somebody made room for it. */
export interface Waiting {
  readonly since: number;
  /** When it was told to look whether there is room now; null: it looked. */
  readonly calledAt: number | null;
}

/** Its place in the line; null: it waits for something else, or does not come when it is called. */
export function turnOf(
  waits: Waiting | null | undefined,
  forWhat: Turn['forWhat'] | null,
  perHour: number,
  now: number,
): Turn | null {
  if (waits == null || forWhat === null) return null;
  const isAway = waits.calledAt !== null && Math.abs(now - waits.calledAt) > patience;
  return isAway ? null : { since: waits.since, perHour, forWhat };
}

/** The rows that a preview of the repository has to know: what costs or stands, and who waits for the same room. */
export function relevantRows(rows: readonly LedgerRow[], repository: string): readonly LedgerRow[] {
  const inLine = rows.filter(({ turn }) => turn != null).toSorted(byTurn);
  const own = inLine.filter((row) => row.repository === repository).slice(0, mostInLine);
  const others = inLine
    .filter((row) => row.repository !== repository && row.turn?.forWhat === 'organisation')
    .slice(0, mostInLine);
  const waiting = new Set([...own, ...others]);
  return rows.filter((row) => row.exists || row.spentToday > 0 || waiting.has(row));
}

/**
 * Those who wait longer and take the room that there is, so that none is left; none: there is room for this one, too.
 * Who would not fit even so is passed over: a large preview does not hold up small ones for a day.
 *
 * @param ledger every other preview of the organisation.
 */
export function whoComesFirst(
  config: Pick<PreviewsConfig, 'budget' | 'max_concurrent'>,
  asked: {
    readonly repository: string;
    readonly pullRequest: number;
    readonly perHour: number;
    /** Since when it waits. */
    readonly since: number;
  },
  ledger: readonly LedgerRow[],
  now: number,
  day: Day,
): readonly LedgerRow[] {
  let rows = ledger;
  const served: LedgerRow[] = [];
  const fits = (one: Pick<LedgerRow, 'repository' | 'pullRequest'>, perHour: number): boolean => {
    const isOwn = one.repository === asked.repository;
    const living = rows.filter(({ repository, exists }) => repository === asked.repository && exists);
    if (isOwn && living.length >= config.max_concurrent) return false;
    const exceeded = exceededBudgets(config.budget, { ...one, perHour }, rows, now, day);
    // What another repository allows itself it has asked before; it waits for the organisation alone.
    return exceeded.every(({ scope }) => !isOwn && scope !== 'organisation');
  };
  const isAhead = (row: LedgerRow): boolean =>
    row.turn != null &&
    (row.repository === asked.repository || row.turn.forWhat === 'organisation') &&
    byTurn(row, { ...asked, turn: asked }) < 0;
  for (const row of ledger
    .filter(isAhead)
    .toSorted(byTurn)
    .slice(0, 2 * mostInLine)) {
    const perHour = row.turn?.perHour ?? 0;
    if (!fits(row, perHour)) continue;
    rows = rows.map((one) => (one === row ? { ...row, exists: true, perHour } : one));
    served.push(row);
  }
  return fits(asked, asked.perHour) ? [] : served;
}

type InLine = Pick<LedgerRow, 'repository' | 'pullRequest'> & {
  readonly turn?: Pick<Turn, 'since'> | null;
};

/** Who came first; those who came in the same moment by their names. */
export function byTurn(a: InLine, b: InLine): number {
  return (
    (a.turn?.since ?? 0) - (b.turn?.since ?? 0) ||
    a.pullRequest - b.pullRequest ||
    (a.repository < b.repository ? -1 : a.repository > b.repository ? 1 : 0)
  );
}
