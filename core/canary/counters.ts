/** Cumulative counters of one process at its last good reading; `slow` at every edge, null where unknown. */
export interface Counters {
  readonly requests: number;
  readonly errors: number;
  readonly slow: readonly (number | null)[];
  /** Further figures in the order of the settings: counters, and gauges as they are. Absent: none are compared. */
  readonly compared?: readonly (number | null)[];
}

export type CountersById = Readonly<Record<string, Counters>>;

/** What happened in one arm since its last reading. `slow` is null at an edge where an instance cannot tell. */
export type ArmDelta = Counters;
