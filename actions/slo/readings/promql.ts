import { formatSelector, type Matcher, type Selector } from '../../../core/metrics/selector.ts';
import type { MetricsSource, Series } from '../../../core/ports/metrics.ts';
import { narrowed, promqlOf, withWindow } from '../documents/measure.ts';
import { formatWindow } from '../windows.ts';
import type { CountReader } from './reader.ts';

type Query = NonNullable<MetricsSource['query']>;
type QueryRange = NonNullable<MetricsSource['queryRange']>;

export interface Moment {
  /** ms since the epoch. */
  readonly now: number;
  /** Windows do not begin before this time. */
  readonly since: number | null;
  /** Further matchers of every counter. */
  readonly match: readonly Matcher[];
}

/** Asks a provider that evaluates PromQL: one instant query a window, all at the same moment. */
export function promqlReader(query: Query, queryRange: QueryRange | undefined, moment: Moment): CountReader {
  const { now, match } = moment;
  const span = (windowMs: number): number => clipped(windowMs, moment);
  const ask = async (expression: string): Promise<number | null> => single(await query(expression, now));
  return {
    extent: 'history',
    async count(measure, windowMs) {
      const counted = await ask(promqlOf(measure, span(windowMs), match));
      if (measure.kind === 'promql' || moment.since === null) return counted;
      const born = await ask(bornWith(narrowed(measure.selector, match), span(windowMs), now - moment.since));
      return counted === null && born === null ? null : (counted ?? 0) + (born ?? 0);
    },
    ratio: (text, windowMs) => ask(withWindow(text, span(windowMs))),
    async hasLabels(selector, names) {
      const present = names.map((name) => ({ name, op: '!=' as const, value: '' }));
      const any: Selector = { ...selector, matchers: [...narrowed(selector, match).matchers, ...present] };
      return (await ask(`count(${lastHour(any)})`)) !== null;
    },
    async newestAt(measure) {
      if (measure.kind === 'promql') return null;
      const selector = formatSelector(narrowed(measure.selector, match));
      const seconds = await ask(`max(max_over_time(timestamp(${selector})[6h:1m]))`);
      return seconds === null ? null : seconds * 1_000;
    },
    async hourly(measure) {
      if (queryRange === undefined) return [];
      const to = Math.floor(now / hour) * hour;
      const series = await queryRange(promqlOf(measure, hour, match), { from: to - shownMs, to, step: hour });
      return series[0]?.points ?? [];
    },
  };
}

const hour = 3_600_000;
/** The picture shows the last three days. */
const shownMs = 72 * hour;

export function clipped(windowMs: number, { now, since }: Moment): number {
  const whole = since === null ? windowMs : Math.min(windowMs, now - since);
  return Math.max(1_000, Math.floor(whole / 1_000) * 1_000);
}

/** Several series would be several answers: they are added, because the measures count events. */
function single(series: readonly Series[]): number | null {
  const values = series.flatMap(({ points }) => points.slice(-1)).map(({ value }) => value);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
}

/**
 * What counters of processes that began in the window already showed when they were first seen. `increase` knows only
 * what came after: the failures of a new version's first seconds would be lost. Asked only since a deployment, before
 * which nothing of it was there; a series that an earlier part of it knows, or the hour before, is not new.
 */
function bornWith(selector: Selector, windowMs: number, sinceMs: number): string {
  const series = formatSelector(selector);
  const before = formatWindow(Math.floor((sinceMs - windowMs + hour) / 1_000) * 1_000);
  const known = `last_over_time(${series}[${before}] offset ${formatWindow(windowMs)})`;
  return `sum(min_over_time(${series}[${formatWindow(windowMs)}]) unless ${known})`;
}

function lastHour(selector: Selector): string {
  return `last_over_time(${formatSelector(selector)}[1h])`;
}
