import { z } from 'zod';
import { parseDuration } from '../../../core/config/duration.ts';
import { formatSelector, parseSelector, type Selector } from '../../../core/metrics/selector.ts';
import { shorthandMs } from '../calendar.ts';
import type { Measure, Sli, Slo } from '../model.ts';

/**
 * Pyrra's Kubernetes resource `ServiceLevelObjective` (https://github.com/pyrra-dev/pyrra, its CustomResourceDefinition).
 * Its metrics are plain selectors, so that every source can answer them. Further keys are allowed.
 */
const metric = z.looseObject({
  metric: z
    .string()
    .refine((text) => parseSelector(text.trim()) !== null, 'expected a metric such as m{code="500"}'),
});
const grouping = z.array(z.string()).nullish();

const indicator = z
  .looseObject({
    ratio: z.looseObject({ errors: metric, total: metric, grouping }).optional(),
    latency: z.looseObject({ success: metric, total: metric, grouping }).optional(),
    latencyNative: z.looseObject({ total: metric, latency: z.string(), grouping }).optional(),
    bool_gauge: metric.extend({ grouping }).optional(),
  })
  .refine(
    (one) => kinds.filter((kind) => one[kind] !== undefined).length === 1,
    'expected exactly one of `ratio`, `latency`, `latencyNative` and `bool_gauge`',
  );
const kinds = ['ratio', 'latency', 'latencyNative', 'bool_gauge'] as const;

export const pyrraSchema = z.looseObject({
  kind: z.literal('ServiceLevelObjective'),
  metadata: z.looseObject({ name: z.string().min(1) }),
  spec: z.looseObject({
    target: z
      .string()
      .refine(
        (text) => Number(text) > 0 && Number(text) <= 100,
        'expected per cent as a string, such as "99.9"',
      ),
    window: z.string().regex(/^[1-9][0-9]*[mhdw]$/, 'expected a duration such as 28d or 4w'),
    indicator,
  }),
});
type Pyrra = z.infer<typeof pyrraSchema>;

/** One resource is one objective. */
export function pyrraToSlo({ metadata, spec }: Pyrra, origin: Slo['origin']): Slo {
  const grouped = kinds.flatMap((kind) => spec.indicator[kind]?.grouping ?? []);
  const groups = `Pyrra groups it by ${grouped.join(', ')}; here all groups are judged as one`;
  return {
    name: metadata.name,
    service: '',
    origin,
    target: Number((Number(spec.target) / 100).toPrecision(12)),
    periodMs: shorthandMs(spec.window),
    calendar: null,
    sli: sliOf(spec.indicator),
    notes: grouped.length === 0 ? [] : [groups],
  };
}

function sliOf({ ratio, latency, latencyNative, bool_gauge: gauge }: Pyrra['spec']['indicator']): Sli {
  if (ratio !== undefined) return events('bad', counter(ratio.errors.metric), counter(ratio.total.metric));
  if (latency !== undefined) {
    return events('good', counter(latency.success.metric), counter(latency.total.metric));
  }
  if (latencyNative !== undefined) return nativeLatency(latencyNative.total.metric, latencyNative.latency);
  if (gauge !== undefined) return checks(formatSelector(selectorOf(gauge.metric)));
  return { kind: 'unsupported', reason: 'the indicator is empty' };
}

/** Every sample of the gauge is one check: 1 held, 0 did not. */
function checks(selector: string): Sli {
  const over = (fn: string): Measure => promql(`sum(${fn}(${selector}[{{.window}}]))`);
  return {
    kind: 'events',
    of: 'slices',
    numerator: { is: 'good', measure: over('sum_over_time') },
    total: over('count_over_time'),
  };
}

/** A native histogram counts how many were fast enough for any bound. */
function nativeLatency(histogram: string, latency: string): Sli {
  const bound = parseDuration(latency);
  if (bound === null)
    return { kind: 'unsupported', reason: `\`latency: ${latency}\` is no duration such as 100ms` };
  const increase = `sum(increase(${formatSelector(selectorOf(histogram))}[{{.window}}]))`;
  const total = `histogram_count(${increase})`;
  return events(
    'good',
    promql(`histogram_fraction(0, ${bound / 1_000}, ${increase}) * ${total}`),
    promql(total),
  );
}

function events(is: 'bad' | 'good', numerator: Measure, total: Measure): Sli {
  return { kind: 'events', of: 'events', numerator: { is, measure: numerator }, total };
}

function promql(text: string): Measure {
  return { kind: 'promql', text, perSecond: false };
}

function counter(text: string): Measure {
  return { kind: 'counter', selector: selectorOf(text) };
}

/** The schema has seen that it is one. */
function selectorOf(text: string): Selector {
  return parseSelector(text.trim()) ?? { metric: text, matchers: [] };
}
