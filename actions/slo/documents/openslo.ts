import { type CalendarUnit, type CalendarWindow, nominalMs } from '../calendar.ts';
import type { Sli, Slo } from '../model.ts';
import { formatWindow } from '../windows.ts';
import { hasWindow, measureOf } from './measure.ts';
import type { OpenSliSpec, OpenSlo } from './openslo-schema.ts';

const defaultPeriodMs = 30 * 86_400_000;

/** OpenSLO's duration shorthand: `28d`, `4w`, `1M`. */
function parseShorthand(text: string): { readonly count: number; readonly unit: CalendarUnit } {
  return { count: Number(text.slice(0, -1)), unit: text.slice(-1) as CalendarUnit };
}

/** The same in ms; months, quarters and years as nominal lengths. */
export function shorthandMs(text: string): number {
  return nominalMs(parseShorthand(text));
}

/** One SLO document → one objective each. `findSli` resolves `indicatorRef` among the documents read. */
export function openSloToSlos(
  document: OpenSlo,
  origin: Slo['origin'],
  findSli: (name: string) => OpenSliSpec | undefined,
): readonly Slo[] {
  const { spec, metadata } = document;
  const window = spec.timeWindow?.[0];
  const periodMs = window === undefined ? defaultPeriodMs : shorthandMs(window.duration);
  return spec.objectives.map((objective, index) => {
    const indicator = objective.indicator?.spec ?? spec.indicator?.spec;
    const reference = objective.indicatorRef ?? spec.indicatorRef;
    const sliSpec = indicator ?? (reference === undefined ? undefined : findSli(reference));
    const notes: string[] = [];
    if (window === undefined) notes.push('no time window given: 30d assumed');
    const sli: Sli =
      sliSpec === undefined
        ? { kind: 'unsupported', reason: `the indicator \`${reference}\` is in none of the files` }
        : sliOf(sliSpec, objective, spec.budgetingMethod);
    const suffix = spec.objectives.length === 1 ? '' : `/${index + 1}`;
    return {
      name: `${metadata.name}${suffix}`,
      service: spec.service,
      origin,
      target: objective.target ?? Number(((objective.targetPercent ?? 0) / 100).toPrecision(12)),
      periodMs,
      calendar: calendarOf(window),
      sli,
      notes,
    };
  });
}

function calendarOf(window: TimeWindow | undefined): CalendarWindow | null {
  if (window === undefined || window.isRolling === true || window.calendar === undefined) return null;
  const { startTime, timeZone } = window.calendar;
  return { start: startTime, timeZone, ...parseShorthand(window.duration) };
}

type TimeWindow = NonNullable<OpenSlo['spec']['timeWindow']>[number];
type Objective = OpenSlo['spec']['objectives'][number];

function sliOf(spec: OpenSliSpec, objective: Objective, method: OpenSlo['spec']['budgetingMethod']): Sli {
  if (spec.thresholdMetric !== undefined) {
    return thresholdSli(queryOf(spec.thresholdMetric), objective, method);
  }
  const ratio = spec.ratioMetric;
  if (ratio?.raw !== undefined) return rawSli(queryOf(ratio.raw), ratio.rawType === 'failure');
  const numerator = ratio?.bad ?? ratio?.good;
  const top = numerator === undefined ? unknownQuery : queryOf(numerator);
  const total = ratio?.total === undefined ? unknownQuery : queryOf(ratio.total);
  if (!top.known) return { kind: 'unsupported', reason: top.reason };
  if (!total.known) return { kind: 'unsupported', reason: total.reason };
  const counter = ratio?.counter ?? true;
  const is = ratio?.bad === undefined ? 'good' : 'bad';
  if (method !== 'Occurrences') return sliceSli(top.text, total.text, is, counter, objective, method);
  const measure = { is, measure: measureOf(top.text, { counter }) } as const;
  return { kind: 'events', of: 'events', numerator: measure, total: measureOf(total.text, { counter }) };
}

type Query =
  | { readonly known: true; readonly text: string }
  | { readonly known: false; readonly reason: string };
const unknownQuery: Query = { known: false, reason: 'the indicator has no query' };

/** The PromQL of a metric source; other systems' queries are kept for recorded numbers only. */
function queryOf(metric: {
  readonly metricSource: {
    readonly type?: string | undefined;
    readonly spec: Readonly<Record<string, unknown>>;
  };
}): Query {
  const { type, spec } = metric.metricSource;
  if (type !== undefined && !/^(prometheus|thanos|cortex|mimir|victoriametrics)$/i.test(type)) {
    return {
      known: false,
      reason: `queries of type ${type} are not evaluated here; record the counts instead`,
    };
  }
  const text = spec.query ?? spec.promql;
  if (typeof text === 'string' && text.trim() !== '') return { known: true, text };
  return { known: false, reason: 'the metric source has no `query`' };
}

const comparison = { lte: '<=', gte: '>=', lt: '<', gt: '>' } as const;

/** Good are the samples (or slices) for which `value op objective.value` holds. */
function thresholdSli(query: Query, objective: Objective, method: OpenSlo['spec']['budgetingMethod']): Sli {
  if (!query.known) return { kind: 'unsupported', reason: query.reason };
  if (objective.op === undefined || objective.value === undefined) {
    return { kind: 'unsupported', reason: 'a threshold metric needs `op` and `value` in the objective' };
  }
  const good = `((${query.text}) ${comparison[objective.op]} bool ${objective.value})`;
  if (hasWindow(query.text))
    return { kind: 'unsupported', reason: 'a threshold query has no window of its own' };
  const step = method === 'Occurrences' ? '1m' : sliceOf(objective);
  return slices(good, `(${query.text})`, step);
}

/** A stored ratio: the mean over the window, and no counts behind it. */
function rawSli(query: Query, failure: boolean): Sli {
  if (!query.known) return { kind: 'unsupported', reason: query.reason };
  const mean = `avg(avg_over_time((${query.text})[{{.window}}:]))`;
  return { kind: 'error-ratio', text: failure ? mean : `1 - ${mean}` };
}

/** Timeslices: a slice is good when its ratio reaches `timeSliceTarget`. RatioTimeslices: the mean of the slices. */
function sliceSli(
  numerator: string,
  total: string,
  is: 'good' | 'bad',
  counter: boolean,
  objective: Objective,
  method: 'Timeslices' | 'RatioTimeslices',
): Sli {
  const slice = sliceOf(objective);
  const inSlice = (query: string): string => {
    const measure = measureOf(query, { counter });
    if (measure.kind === 'promql') return measure.text.replace(/\{\{\s*\.window\s*\}\}/g, slice);
    const { metric, matchers } = measure.selector;
    const inside = matchers.map((m) => `${m.name}${m.op}${JSON.stringify(m.value)}`).join(',');
    return `sum(increase(${metric}{${inside}}[${slice}]))`;
  };
  const ratio = `((${inSlice(numerator)}) / (${inSlice(total)}))`;
  const success = is === 'good' ? ratio : `(1 - ${ratio})`;
  if (method === 'RatioTimeslices') {
    return { kind: 'error-ratio', text: `1 - avg_over_time(${success}[{{.window}}:${slice}])` };
  }
  return slices(`(${success} >= bool ${objective.timeSliceTarget ?? 1})`, success, slice);
}

function slices(good: string, any: string, step: string): Sli {
  const over = (fn: string, text: string) =>
    ({ kind: 'promql', text: `sum(${fn}(${text}[{{.window}}:${step}]))`, perSecond: false }) as const;
  return {
    kind: 'events',
    of: 'slices',
    numerator: { is: 'good', measure: over('sum_over_time', good) },
    total: over('count_over_time', any),
  };
}

/** A bare number is minutes (OpenSLO README). */
function sliceOf(objective: Objective): string {
  const { timeSliceWindow } = objective;
  if (typeof timeSliceWindow === 'number') return formatWindow(timeSliceWindow * 60_000);
  return timeSliceWindow === undefined ? '1m' : formatWindow(shorthandMs(timeSliceWindow));
}
