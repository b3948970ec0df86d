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

/** A place in the line: who waits longer comes first. */
export interface Turn {
  /** Ms since the epoch. */
  readonly since: number;
  /** US dollars an hour once it runs. */
  readonly perHour: number;
  /** What there was not enough of when it was looked at last. */
  readonly forWhat: 'place' | 'repository' | 'organisation';
}
