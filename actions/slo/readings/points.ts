import { increaseWithin } from '../../../core/metrics/increase.ts';
import { selects } from '../../../core/metrics/select.ts';
import type { Selector } from '../../../core/metrics/selector.ts';
import type { Series } from '../../../core/ports/metrics.ts';
import { narrowed } from '../documents/measure.ts';
import type { Measure } from '../model.ts';
import { clipped, type Moment } from './promql.ts';
import { type CountReader, UnsupportedMeasure } from './reader.ts';

/** Every series of a metric, all its points. */
export type SeriesOf = (metric: string) => readonly Series[];

/** Counts in points at hand (recorded files, two scrapes). Counter resets are handled; nothing is extrapolated. */
export function pointsReader(
  seriesOf: SeriesOf,
  moment: Moment,
  extent: 'history' | 'observed',
): CountReader {
  const find = (selector: Selector): readonly Series[] => {
    const full = narrowed(selector, moment.match);
    const test = selects(full);
    if (test === null)
      throw new UnsupportedMeasure(`a pattern in the labels of ${full.metric} is not supported`);
    return seriesOf(full.metric).filter(({ labels }) => test(labels));
  };
  return {
    extent,
    async count(measure, windowMs) {
      const selector = counterOf(measure);
      const from = moment.now - clipped(windowMs, moment);
      return increaseOfAll(find(selector), from, moment.now, beginningOf(seriesOf(selector.metric)));
    },
    async ratio(text) {
      throw new UnsupportedMeasure(`only a Prometheus can evaluate ${text}`);
    },
    async hasLabels(selector, names) {
      return find(selector).some(
        ({ labels, points }) =>
          (points.at(-1)?.at ?? 0) >= moment.now - hour && names.every((name) => Object.hasOwn(labels, name)),
      );
    },
    async newestAt(measure) {
      const times = find(counterOf(measure)).flatMap(({ points }) => points.map(({ at }) => at));
      return times.length === 0 ? null : times.reduce((a, b) => Math.max(a, b));
    },
    hourly: async () => [],
  };
}

const hour = 3_600_000;

/** Sum of the increases; null when no series has a point pair in the window. */
function increaseOfAll(
  series: readonly Series[],
  from: number,
  to: number,
  beginning: number,
): number | null {
  // A series that appears while others are already watched belongs to a process that began at zero.
  const increases = series.map(({ points }) =>
    increaseWithin(points, from, to, { bornAtZero: (points[0]?.at ?? 0) > beginning }),
  );
  const known = increases.filter((increase) => increase !== null);
  return known.length === 0 ? null : known.reduce((sum, increase) => sum + increase, 0);
}

function beginningOf(series: readonly Series[]): number {
  return series.reduce(
    (first, { points }) => Math.min(first, points[0]?.at ?? first),
    Number.POSITIVE_INFINITY,
  );
}

function counterOf(measure: Measure): Selector {
  if (measure.kind === 'counter') return measure.selector;
  throw new UnsupportedMeasure(`only a Prometheus can evaluate ${measure.text}`);
}
