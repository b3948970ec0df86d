import { promqlSelector } from '../../core/metrics/match.ts';
import type { MetricsSource, Series } from '../../core/ports/metrics.ts';
import { callPrometheus, type PrometheusOptions } from './call.ts';
import { parseSeries } from './parse.ts';

/** Prometheus refuses a range query with more points than this per series. */
const maxPoints = 11_000;

/**
 * Prometheus (or anything with its HTTP API) as a `MetricsSource`. `read` gives each point the time of the
 * *sample*, not of the evaluation, so that a stale series can be told from a live one.
 */
export function prometheusSource(options: PrometheusOptions): MetricsSource {
  const query = async (expression: string, at?: number): Promise<readonly Series[]> => {
    const time = at === undefined ? {} : { time: seconds(at) };
    return parseSeries(await callPrometheus(options, 'query', { query: expression, ...time }));
  };
  const queryRange = async (
    expression: string,
    window: { readonly from: number; readonly to: number; readonly step: number },
  ): Promise<readonly Series[]> => {
    const step = Math.max(window.step, Math.ceil((window.to - window.from) / (maxPoints - 1)), 1);
    const range = { start: seconds(window.from), end: seconds(window.to), step: seconds(step) };
    return parseSeries(await callPrometheus(options, 'query_range', { query: expression, ...range }));
  };
  return {
    query,
    queryRange,
    range: (metric, match, window) => queryRange(promqlSelector(metric, match), window),
    async read(metric, match) {
      const selector = promqlSelector(metric, match);
      const values = await query(selector);
      const evaluatedAt = values[0]?.points[0]?.at;
      if (evaluatedAt === undefined) return [];
      return withSampleTimes(values, await query(`timestamp(${selector})`, evaluatedAt));
    },
  };
}

/** `timestamp()` drops the metric name and answers in seconds: series meet by their other labels. */
function withSampleTimes(values: readonly Series[], times: readonly Series[]): readonly Series[] {
  const sampledAt = new Map(times.map((series) => [labelKey(series.labels), series.points[0]?.value]));
  return values.map((series) => {
    const at = sampledAt.get(labelKey(series.labels));
    if (at === undefined || !Number.isFinite(at)) return series;
    return { ...series, points: series.points.map(({ value }) => ({ at: Math.round(at * 1_000), value })) };
  });
}

function labelKey(labels: Readonly<Record<string, string>>): string {
  const named = Object.entries(labels).filter(([name]) => name !== '__name__');
  return JSON.stringify(named.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}
