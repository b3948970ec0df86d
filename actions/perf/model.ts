/** One number of a run, with what is needed to compare it. */
export interface Metric {
  readonly value: number;
  readonly unit: string;
  readonly better: 'lower' | 'higher';
  /** Repetitions behind `value` (its median), when the tool gives them. */
  readonly samples?: readonly number[];
}

/** A threshold of the tool itself. */
export interface Threshold {
  readonly metric: string;
  readonly expression: string;
  /** `empty`: the metric has no samples, so the tool's own "ok" says nothing. */
  readonly state: 'ok' | 'breached' | 'empty';
}

/** Answers by kind, as far as a tool tells. */
export interface StatusCounts {
  readonly clientErrors: number;
  readonly tooManyRequests: number;
  readonly serverErrors: number;
}

/** What a load generator says about its own run; null = it does not say. */
export interface LoadFacts {
  readonly durationMs: number | null;
  readonly requests: number | null;
  /** Requests without a proper answer: failed, timed out, refused. */
  readonly failures: number | null;
  readonly statuses: StatusCounts | null;
  /** Iterations that the generator could not start in time, and those it did. */
  readonly dropped: number | null;
  readonly iterations: number | null;
  /** True when the generator had no idle virtual user left. */
  readonly generatorExhausted: boolean;
  /** Expectations of the answers that the script checked itself; undefined: the tool has none. */
  readonly checks?: { readonly made: number; readonly failed: number };
}

/** One result file, whatever tool wrote it. `load` is null for micro-benchmarks. */
export interface PerfRun {
  readonly tool: string;
  readonly path: string;
  readonly load: LoadFacts | null;
  readonly metrics: Readonly<Record<string, Metric>>;
  readonly thresholds: readonly Threshold[];
}

/**
 * True when a run has enough requests for a quantile: ten or more beyond it. The 99th of two hundred requests is
 * the second slowest, which says nothing. Other metrics, and runs that do not count requests, are not doubted.
 */
export function supportsMetric(run: PerfRun, name: string): boolean {
  const text = /\.p(\d+(?:_\d+)?)$/.exec(name)?.[1]?.replace('_', '.');
  const requests = run.load?.requests;
  if (text === undefined || requests === undefined || requests === null) return true;
  return requests * (1 - Number(text) / 100) >= 10 - 1e-9;
}

/** A past run, as far as it matters for comparing. */
export interface PastRun {
  readonly at: string | null;
  readonly sha: string | null;
  readonly metrics: Readonly<Record<string, Metric>>;
}

/** Past runs, oldest first. */
export interface Baseline {
  /** A path, or the address of the Conductor. */
  readonly path: string;
  readonly runs: readonly PastRun[];
  /**
   * `conductor`: what promoted releases measured. `base`: the file of the base branch, which a pull request cannot
   * change. `head`: the file of the change itself, where there is no base.
   */
  readonly from: 'conductor' | 'base' | 'head';
  /** Digest of the document that was read. */
  readonly sha256: string;
}

/** A result file that could not be read as what it claims to be. */
export class FormatError extends Error {}
