import { setTimeout as sleep } from 'node:timers/promises';
import type { MetricsSource, Series } from '../../../core/ports/metrics.ts';
import type { Clock } from '../../../core/ports/system.ts';
import type { Measure, Slo } from '../model.ts';
import { pointsReader } from './points.ts';
import type { Moment } from './promql.ts';
import type { CountReader } from './reader.ts';

/**
 * Reads an exposition once (everything since the processes began) or twice, `observeMs` apart (what happened
 * between). The window is what was seen, no more.
 */
export async function scrapeReader(
  source: MetricsSource,
  slos: readonly Slo[],
  observeMs: number,
  clock: Clock,
  match: Moment['match'],
): Promise<{ readonly reader: CountReader; readonly windowMs: number }> {
  const metrics = [...new Set(slos.flatMap(metricsOf))];
  const begin = clock.now();
  const first = observeMs === 0 ? new Map<string, readonly Series[]>() : await readAll(source, metrics);
  if (observeMs > 0) await (clock.wait === undefined ? sleep(observeMs) : clock.wait(observeMs));
  const last = await readAll(source, metrics);
  const now = Math.max(clock.now(), begin + 1);
  const windowMs = observeMs === 0 ? now : Math.max(1_000, now - begin + 1_000);
  const joined = new Map(
    metrics.map((metric) => [metric, join(first.get(metric), last.get(metric) ?? [], begin, now)]),
  );
  const moment: Moment = { now, since: null, match };
  const points = pointsReader((metric) => joined.get(metric) ?? [], moment, 'observed');
  return { reader: { ...points, newestAt: async (measure) => newestOf(measure, last) }, windowMs };
}

/** An exposition may name its own times (a federation does): then the samples can be older than the scrape. */
function newestOf(measure: Measure, scraped: ReadonlyMap<string, readonly Series[]>): number | null {
  const series = measure.kind === 'counter' ? (scraped.get(measure.selector.metric) ?? []) : [];
  const times = series.flatMap(({ points }) => points.map(({ at }) => at));
  return times.length === 0 ? null : times.reduce((a, b) => Math.max(a, b));
}

function metricsOf(slo: Slo): readonly string[] {
  if (slo.sli.kind !== 'events') return [];
  return [slo.sli.total, slo.sli.numerator.measure].flatMap((measure) =>
    measure.kind === 'counter' ? [measure.selector.metric] : [],
  );
}

async function readAll(
  source: MetricsSource,
  metrics: readonly string[],
): Promise<Map<string, readonly Series[]>> {
  const found = new Map<string, readonly Series[]>();
  for (const metric of metrics) found.set(metric, await source.read(metric, {}));
  return found;
}

/** Two points a series. Before the first scrape, and for a process born in between, a counter stood at zero. */
function join(
  first: readonly Series[] | undefined,
  last: readonly Series[],
  begin: number,
  now: number,
): readonly Series[] {
  const before = new Map((first ?? []).map((series) => [keyOf(series), series.points.at(-1)?.value ?? 0]));
  return last.map((series) => ({
    labels: series.labels,
    points: [
      { at: first === undefined ? 0 : begin, value: before.get(keyOf(series)) ?? 0 },
      { at: now, value: series.points.at(-1)?.value ?? Number.NaN },
    ],
  }));
}

function keyOf({ labels }: Series): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
