import type { Kpi } from '../config/kpis.ts';
import type { ReleaseConfig } from '../config/schema.ts';
import { promqlSelector } from '../metrics/match.ts';
import type { MetricsSource } from '../ports/metrics.ts';
import type { Bucket, KpiReading } from './reading.ts';
import type { KpiWindows, Window } from './windows.ts';

/** The figures of a release: the configured ones, else what its canary is judged by. */
export function kpisOf(config: ReleaseConfig): readonly Kpi[] {
  const { queries } = config.kpis;
  return queries.length > 0 ? queries : usualKpis(config);
}

/** Error rate, slow requests and traffic of the whole service in production, whichever version served. */
function usualKpis({ metrics, production_environment }: ReleaseConfig): readonly Kpi[] {
  const { environment_label: label, match, requests, error_match, duration, slow_over } = metrics;
  const where = { ...match, ...(label === null ? {} : { [label]: production_environment }) };
  const errors = `increase(${promqlSelector(requests, { ...where, ...error_match })}[$bucket])`;
  const all = `sum(increase(${promqlSelector(requests, where)}[$bucket]))`;
  const within = promqlSelector(`${duration}_bucket`, { ...where, le: String(slow_over) });
  const timed = `sum(increase(${promqlSelector(`${duration}_bucket`, { ...where, le: '+Inf' })}[$bucket]))`;
  const common = { better: 'down', tolerance: 0.02 } as const;
  return [
    // A process shows no series of errors before its first one; that is a zero where requests are known.
    { kind: 'ratio', name: 'error rate', ...common, events: `sum(${errors}) or ${all} * 0`, total: all },
    {
      kind: 'ratio',
      name: `requests slower than ${slow_over} s`,
      ...common,
      events: `${timed} - sum(increase(${within}[$bucket]))`,
      total: timed,
    },
    { kind: 'rate', name: 'requests a second', better: 'up', tolerance: 0.2, events: all },
  ];
}

/**
 * Reads one figure in every window.
 * @throws ProviderError when the provider does not answer.
 */
export async function readKpi(
  source: MetricsSource,
  kpi: Kpi,
  { after, before, bucket }: KpiWindows,
): Promise<KpiReading> {
  if (source.queryRange === undefined) {
    return { name: kpi.name, after: [], before: [], problem: 'the metrics source keeps no history' };
  }
  const grew = (counter: string, window: Window): Promise<readonly (number | null)[]> =>
    readGrowth(source, expressionOf(counter, bucket), window, bucket);
  const [events, weight] = countersOf(kpi);
  const [now, ...olds] = await Promise.all(
    [after, ...before].map(async (window) => ({
      x: await grew(events, window),
      n: weight === null ? null : await grew(weight, window),
    })),
  );
  const windows = [now ?? { x: [], n: [] }, ...olds];
  const seen = windows.some(({ x }) => x.some((value) => value !== null));
  const weighed = windows.some(({ n }) => n?.some((value) => value !== null) ?? false);
  const [first = [], ...rest] = windows.map(({ x, n }) => bucketsOf(x, n, bucket / 1_000));
  return {
    name: kpi.name,
    after: first,
    before: rest,
    problem: !seen && weighed ? 'no series matches its events' : null,
  };
}

/** An event series that is there in other hours and not in this one has counted nothing, where the rest is known. */
function bucketsOf(
  x: readonly (number | null)[],
  n: readonly (number | null)[] | null,
  seconds: number,
): readonly Bucket[] {
  return x.map((value, index) => {
    if (n === null) return { x: value, n: value === null ? null : seconds };
    const weight = n[index] ?? null;
    return { x: weight === null ? null : (value ?? 0), n: weight };
  });
}

/** What is counted, and what weighs it; null: time does. */
function countersOf(kpi: Kpi): readonly [string, string | null] {
  switch (kpi.kind) {
    case 'ratio':
      return [kpi.events, kpi.total];
    case 'mean':
      return [kpi.sum, kpi.count];
    case 'rate':
      return [kpi.events, null];
  }
}

/** A selector becomes the growth of its counters; an expression keeps its own words. */
export function expressionOf(counter: string, bucket: number): string {
  const span = `${Math.round(bucket / 1_000)}s`;
  if (counter.includes('$bucket')) return counter.replaceAll('$bucket', span);
  return `sum(increase(${counter}[${span}]))`;
}

/** Growth in each piece of the window, in order; null where the provider has nothing. */
async function readGrowth(
  source: MetricsSource,
  expression: string,
  { from, to }: Window,
  bucket: number,
): Promise<readonly (number | null)[]> {
  const count = Math.floor((to - from) / bucket);
  const range = { from: from + bucket, to: from + count * bucket, step: bucket };
  const series = (await source.queryRange?.(expression, range)) ?? [];
  return Array.from({ length: count }, (_, index) => {
    const end = from + (index + 1) * bucket;
    const values = series.flatMap(({ points }) =>
      points.filter(({ at, value }) => Math.abs(at - end) < bucket / 2 && Number.isFinite(value)),
    );
    return values.length === 0 ? null : values.reduce((sum, { value }) => sum + value, 0);
  });
}
