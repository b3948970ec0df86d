import { type CalendarWindow, parseShorthand, shorthandMs } from '../calendar.ts';
import type { Sli, Slo } from '../model.ts';
import { hasWindow, measureOf } from './measure.ts';
import type { OpenSloLibrary } from './openslo-library.ts';
import type { OpenSliSpec, OpenSlo } from './openslo-schema.ts';
import { type RatioQueries, rawSlices, sliceOf, sliceSli, slices } from './openslo-slices.ts';

const defaultPeriodMs = 30 * 86_400_000;

/** One SLO document → one objective each. The library resolves what it refers to among the documents read. */
export function openSloToSlos(
  document: OpenSlo,
  origin: Slo['origin'],
  library: OpenSloLibrary,
): readonly Slo[] {
  const { spec, metadata } = document;
  const window = spec.timeWindow?.[0];
  const periodMs = window === undefined ? defaultPeriodMs : shorthandMs(window.duration);
  const notes = [
    ...(window === undefined ? ['no time window given: 30d assumed'] : []),
    ...library
      .danglingOf(document)
      .map((name) => `${name} is in none of the files; nothing of it is judged here`),
    ...(isComposite(spec)
      ? ['a composite: each of its objectives must hold by itself, and weights are not added up']
      : []),
  ];
  return spec.objectives.map((objective, index) => {
    const indicator = objective.indicator?.spec ?? spec.indicator?.spec;
    const reference = objective.indicatorRef ?? spec.indicatorRef;
    const sliSpec = indicator ?? (reference === undefined ? undefined : library.sli(reference));
    const sli: Sli =
      sliSpec === undefined
        ? unsupported(`the indicator \`${reference}\` is in none of the files`)
        : sliOf(sliSpec, objective, spec.budgetingMethod, library);
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

function isComposite({ objectives }: OpenSlo['spec']): boolean {
  return objectives.some((one) => one.indicator !== undefined || one.indicatorRef !== undefined);
}

function calendarOf(window: TimeWindow | undefined): CalendarWindow | null {
  if (window === undefined || window.isRolling === true || window.calendar === undefined) return null;
  const { startTime, timeZone } = window.calendar;
  return { start: startTime, timeZone, ...parseShorthand(window.duration) };
}

type TimeWindow = NonNullable<OpenSlo['spec']['timeWindow']>[number];
type Objective = OpenSlo['spec']['objectives'][number];
type Method = OpenSlo['spec']['budgetingMethod'];
type Metric = NonNullable<OpenSliSpec['thresholdMetric']>;

function sliOf(spec: OpenSliSpec, objective: Objective, method: Method, library: OpenSloLibrary): Sli {
  if (spec.thresholdMetric !== undefined) {
    return thresholdSli(queryOf(spec.thresholdMetric, library), objective, method);
  }
  const ratio = spec.ratioMetric;
  if (ratio?.raw !== undefined) {
    return rawSli(queryOf(ratio.raw, library), ratio.rawType === 'failure', objective, method);
  }
  const numerator = ratio?.bad ?? ratio?.good;
  const top = numerator === undefined ? unknownQuery : queryOf(numerator, library);
  const total = ratio?.total === undefined ? unknownQuery : queryOf(ratio.total, library);
  if (!top.known) return unsupported(top.reason);
  if (!total.known) return unsupported(total.reason);
  const counter = ratio?.counter ?? (isCounting(top.text) && isCounting(total.text) ? true : null);
  if (counter === null) return unsupported('whether the metrics are counters is not said: add `counter`');
  const is = ratio?.bad === undefined ? 'good' : 'bad';
  const queries: RatioQueries = { is, numerator: top.text, total: total.text, counter };
  if (method !== 'Occurrences') return sliceSli(queries, objective, method);
  const measure = { is, measure: measureOf(top.text, { counter }) } as const;
  return { kind: 'events', of: 'events', numerator: measure, total: measureOf(total.text, { counter }) };
}

/** By the names that Prometheus gives counters, and the functions that only make sense of them. */
function isCounting(query: string): boolean {
  return /\b(?:i?rate|increase)\s*\(|[a-z0-9]_(?:total|count|bucket)\b/.test(query);
}

type Query =
  | { readonly known: true; readonly text: string }
  | { readonly known: false; readonly reason: string };
const unknownQuery: Query = { known: false, reason: 'the indicator has no query' };

/** The PromQL of a metric source; other systems' queries are kept for recorded numbers only. */
function queryOf({ metricSource }: Metric, library: OpenSloLibrary): Query {
  const { metricSourceRef, spec } = metricSource;
  const type = metricSource.type ?? library.dataSourceType(metricSourceRef);
  if (type !== undefined && !/prometheus|thanos|cortex|mimir|victoria-?metrics/i.test(type)) {
    const reason = `queries of type ${type.slice(0, 60)} are not evaluated here; record the counts instead`;
    return { known: false, reason };
  }
  const text = spec.query ?? spec.promql;
  if (typeof text === 'string' && text.trim() !== '') return { known: true, text };
  return { known: false, reason: 'the metric source has no `query`' };
}

const comparison = { lte: '<=', gte: '>=', lt: '<', gt: '>' } as const;

/** Good are the samples (or slices) for which `value op objective.value` holds. */
function thresholdSli(query: Query, objective: Objective, method: Method): Sli {
  if (!query.known) return unsupported(query.reason);
  if (objective.op === undefined || objective.value === undefined) {
    return unsupported('a threshold metric needs `op` and `value` in the objective');
  }
  if (hasWindow(query.text)) return unsupported('a threshold query has no window of its own');
  const good = `((${query.text}) ${comparison[objective.op]} bool ${objective.value})`;
  return slices(good, `(${query.text})`, method === 'Occurrences' ? 60_000 : sliceOf(objective));
}

/** A stored ratio: the mean over the window with no counts behind it, or slices of time in which it was good enough. */
function rawSli(query: Query, failure: boolean, objective: Objective, method: Method): Sli {
  if (!query.known) return unsupported(query.reason);
  if (method === 'Timeslices') return rawSlices(query.text, failure, objective);
  const mean = `avg(avg_over_time((${query.text})[{{.window}}:]))`;
  return { kind: 'error-ratio', text: failure ? mean : `1 - ${mean}` };
}

function unsupported(reason: string): Sli {
  return { kind: 'unsupported', reason };
}
