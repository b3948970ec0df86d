/** One time series of a counter or a gauge, oldest point first. `at` in ms since the epoch. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly { readonly at: number; readonly value: number }[];
}

/**
 * Where numbers come from. Both methods throw `ProviderError` when the provider does not answer; an empty
 * array means "the provider answered and has nothing", which is never the same as zero.
 */
export interface MetricsSource {
  /** Current value of every series with this metric name whose labels include `match`. */
  read(metric: string, match: Readonly<Record<string, string>>): Promise<readonly Series[]>;
  /** Points between `from` and `to` (ms since the epoch). A direct scrape has no history and answers with one point. */
  range(
    metric: string,
    match: Readonly<Record<string, string>>,
    window: { readonly from: number; readonly to: number; readonly step: number },
  ): Promise<readonly Series[]>;
  /**
   * One PromQL expression at one moment (`at`, ms since the epoch). Absent where the provider cannot evaluate
   * expressions (scrape, recorded files). Throws `ConfigError` when the provider calls the expression wrong.
   */
  query?(expression: string, at: number): Promise<readonly Series[]>;
  /** One PromQL expression at every step of a window. Absent wherever `query` is. */
  queryRange?(
    expression: string,
    window: { readonly from: number; readonly to: number; readonly step: number },
  ): Promise<readonly Series[]>;
}

/**
 * Cumulative counters of one arm (one version in one environment), one entry a process. Counters are as read:
 * resets are handled by the pure judge, which keeps the last reading.
 */
export interface ArmReading {
  readonly version: string;
  readonly instances: readonly {
    readonly id: string;
    readonly requests: number;
    readonly errors: number;
    /** Requests slower than `slowOver` seconds, from the histogram bucket of exactly that edge; null when unknown. */
    readonly slow: number | null;
    /** The same for the further edges (`slow_also`), in their order. */
    readonly slower?: readonly (number | null)[];
    /** Further figures (`metrics.compare`), in their order: counters of events, present values of gauges. */
    readonly compared?: readonly (number | null)[];
  }[];
}

/** Both arms read at the same moment. An arm that could not be found has no instances: that is no data, not zero. */
export interface CanaryReading {
  readonly at: number;
  readonly canary: ArmReading;
  readonly baseline: ArmReading;
}
