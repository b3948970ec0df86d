import { shorthandMs } from '../calendar.ts';
import type { Measure, Sli } from '../model.ts';
import { formatWindow } from '../windows.ts';
import { measureOf, promqlOf } from './measure.ts';
import type { OpenSlo } from './openslo-schema.ts';

type Objective = OpenSlo['spec']['objectives'][number];

/** The two queries of a ratio metric. */
export interface RatioQueries {
  readonly is: 'good' | 'bad';
  readonly numerator: string;
  readonly total: string;
  readonly counter: boolean;
}

/**
 * Timeslices: a slice is good when its ratio reaches `timeSliceTarget`. RatioTimeslices: the mean of the slices. A slice
 * without any event has no ratio (0 ÷ 0) and is neither good nor bad: it is left out.
 */
export function sliceSli(
  { is, numerator, total, counter }: RatioQueries,
  objective: Objective,
  method: 'Timeslices' | 'RatioTimeslices',
): Sli {
  const sliceMs = sliceOf(objective);
  const inSlice = (query: string): string => promqlOf(measureOf(query, { counter }), sliceMs, []);
  const ratio = `((${inSlice(numerator)}) / (${inSlice(total)}))`;
  const success = is === 'good' ? ratio : `(1 - ${ratio})`;
  if (method === 'RatioTimeslices') {
    const mean = `avg_over_time(${told(success)}[{{.window}}:${formatWindow(sliceMs)}])`;
    return { kind: 'error-ratio', text: `1 - ${mean}`, leastMs: sliceMs };
  }
  return judgedSlices(success, objective, sliceMs);
}

/** Slices of a ratio that is stored ready made: good when its mean over the slice reaches the target. */
export function rawSlices(query: string, failure: boolean, objective: Objective): Sli {
  const sliceMs = sliceOf(objective);
  const mean = `avg(avg_over_time((${query})[${formatWindow(sliceMs)}:]))`;
  return judgedSlices(failure ? `(1 - ${mean})` : mean, objective, sliceMs);
}

function judgedSlices(success: string, { timeSliceTarget }: Objective, sliceMs: number): Sli {
  return slices(`(${told(success)} >= bool ${timeSliceTarget ?? 1})`, told(success), sliceMs);
}

/** Without NaN, which compares with nothing. */
function told(ratio: string): string {
  return `(${ratio} > -Inf)`;
}

/** Counts slices of time: how many there were, and in how many `good` was 1. Its windows are not shorter than a slice. */
export function slices(good: string, any: string, sliceMs: number): Sli {
  const over = (fn: string, text: string): Measure => ({
    kind: 'promql',
    text: `sum(${fn}(${text}[{{.window}}:${formatWindow(sliceMs)}]))`,
    perSecond: false,
    leastMs: sliceMs,
  });
  return {
    kind: 'events',
    of: 'slices',
    numerator: { is: 'good', measure: over('sum_over_time', good) },
    total: over('count_over_time', any),
  };
}

/** Length of a slice, ms. A bare number is minutes (OpenSLO README). */
export function sliceOf({ timeSliceWindow }: Objective): number {
  if (typeof timeSliceWindow === 'number') return timeSliceWindow * 60_000;
  return timeSliceWindow === undefined ? 60_000 : shorthandMs(timeSliceWindow);
}
