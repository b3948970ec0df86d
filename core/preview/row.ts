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
}
