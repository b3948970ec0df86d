/** What one preview has cost today. */
export interface LedgerRow {
  readonly repository: string;
  readonly pullRequest: number;
  /** US dollars since midnight. */
  readonly spentToday: number;
  /** US dollars an hour now; 0: it is gone. */
  readonly perHour: number;
  /** US dollars an hour if it slept; absent: nothing. */
  readonly perHourAsleep?: number;
  readonly asleep: boolean;
  /** Something of it may exist, running or not. */
  readonly exists: boolean;
  /** US dollars a day that its own config allows the organisation. */
  readonly organisation: number;
  /** When it began to live, ms since the epoch. */
  readonly since: number;
  /** It is being torn down, or its life has ended: its place is about to be free. */
  readonly leaves?: boolean;
  /** Its place in the line for room; null or absent: it does not wait. */
  readonly turn?: Turn | null;
}

/**
 * What others cost, in a row for the repository and one for the rest of its organisation: enough to see that the money of
 * the day is spent, and as short for a thousand previews as for two. No figure is infinite: JSON has none.
 */
export function inSum(rows: readonly LedgerRow[], repository: string): readonly LedgerRow[] {
  const own = rows.filter((row) => row.repository === repository);
  const others = rows.filter((row) => row.repository !== repository);
  return [sumOf(own, repository), sumOf(others, '')].filter((row) => row !== null);
}

function sumOf(rows: readonly LedgerRow[], repository: string): LedgerRow | null {
  if (rows.length === 0) return null;
  const sum = (value: (row: LedgerRow) => number): number =>
    rows.reduce((total, row) => total + value(row), 0);
  return {
    repository,
    pullRequest: 0,
    spentToday: sum(({ spentToday }) => spentToday),
    perHour: sum(({ perHour }) => perHour),
    asleep: rows.every(({ asleep }) => asleep),
    exists: rows.some(({ exists }) => exists),
    organisation: rows.reduce((least, row) => Math.min(least, row.organisation), Number.MAX_SAFE_INTEGER),
    since: rows.reduce((first, { since }) => Math.min(first, since), Number.MAX_SAFE_INTEGER),
  };
}

/** A place in the line: who waits longer comes first. */
export interface Turn {
  /** Ms since the epoch. */
  readonly since: number;
  /** US dollars an hour once it runs. */
  readonly perHour: number;
  /** What there was not enough of when it was looked at last. */
  readonly forWhat: 'place' | 'repository' | 'organisation';
}
