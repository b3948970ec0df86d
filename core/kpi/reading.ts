/** One piece of a window: how much a figure's two counters grew in it. Null: not known, which is not zero. */
export interface Bucket {
  readonly x: number | null;
  readonly n: number | null;
}

/** One figure as it was read: the pieces since GA, and those of each earlier week, in the same order. */
export interface KpiReading {
  readonly name: string;
  readonly after: readonly Bucket[];
  readonly before: readonly (readonly Bucket[])[];
  /** Why there is nothing; null: it was read. */
  readonly problem: string | null;
}
