import type { Metric, PerfRun, StatusCounts } from '../model.ts';

/** What a load generator tells of one run, whatever its file looks like. Null: it does not tell. */
export interface LoadReport {
  readonly tool: string;
  readonly durationMs: number | null;
  readonly requests: number | null;
  readonly failures: number | null;
  readonly statuses: StatusCounts | null;
  /** Requests a second. */
  readonly throughput: number | null;
  /** ms, by statistic: `p95`, `p99_9`, `avg`. */
  readonly latencies: Readonly<Record<string, number>>;
  /** The same statistic in slices of the run's time, where the file has every request. */
  readonly samples?: Readonly<Record<string, readonly number[]>>;
  readonly dropped?: number;
  readonly iterations?: number;
}

/** A report as a run, with the metrics that every load test has: `latency.*`, `throughput` and `error_rate`. */
export function loadRun(report: LoadReport): Omit<PerfRun, 'path'> {
  const { tool, durationMs, requests, failures, statuses, throughput, samples, dropped, iterations } = report;
  const metrics: Record<string, Metric> = {};
  for (const [statistic, value] of Object.entries(report.latencies)) {
    const repeated = samples?.[statistic];
    metrics[`latency.${statistic}`] = {
      ...{ value, unit: 'ms', better: 'lower' },
      ...(repeated === undefined ? {} : { samples: repeated }),
    };
  }
  if (throughput !== null) {
    metrics.throughput = { value: throughput, unit: 'req/s', better: 'higher' };
  }
  if (failures !== null && requests !== null && requests > 0) {
    metrics.error_rate = { value: failures / requests, unit: 'ratio', better: 'lower' };
  }
  const load = {
    ...{ durationMs, requests, failures, statuses },
    dropped: dropped ?? null,
    iterations: iterations ?? null,
    generatorExhausted: (dropped ?? 0) > 0,
  };
  return { tool, load, metrics, thresholds: [] };
}

/** Answers by code → by kind. */
export function statusCounts(byCode: Iterable<readonly [code: string, count: number]>): StatusCounts {
  const counts = { clientErrors: 0, tooManyRequests: 0, serverErrors: 0 };
  for (const [code, count] of byCode) {
    if (/^4\d\d$/.test(code)) counts.clientErrors += count;
    if (/^5\d\d$/.test(code)) counts.serverErrors += count;
    if (code === '429') counts.tooManyRequests += count;
  }
  return counts;
}

/** Requests a second; null when the time is not known or nothing. */
export function perSecond(count: number, durationMs: number | null): number | null {
  return durationMs === null || !(durationMs > 0) ? null : (1_000 * count) / durationMs;
}

/** `95` → `p95`, `99.9` → `p99_9`. */
export function quantileName(percent: number): string {
  return `p${String(percent).replace('.', '_')}`;
}
