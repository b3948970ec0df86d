import { z } from 'zod';
import type { Measure, Sli, Slo } from '../model.ts';
import { hasWindow, measureOf } from './measure.ts';

/**
 * Sloth's `prometheus/v1` specification, also inside the Kubernetes resource `PrometheusServiceLevel`
 * (https://sloth.dev/specs/default/v1/). Queries contain `{{.window}}`. Further keys are allowed.
 */
const query = z.string().refine(hasWindow, 'the query has no `{{.window}}`');
const name = z
  .string()
  .regex(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,126}[A-Za-z0-9])?$/, 'expected letters, digits, -, _ and .');

const sliSchema = z
  .looseObject({
    events: z
      .looseObject({
        error_query: query.optional(),
        errorQuery: query.optional(),
        total_query: query.optional(),
        totalQuery: query.optional(),
      })
      .optional(),
    raw: z.looseObject({ error_ratio_query: query.optional(), errorRatioQuery: query.optional() }).optional(),
    plugin: z.looseObject({ id: z.string() }).optional(),
  })
  .refine(
    (sli) => [sli.events, sli.raw, sli.plugin].filter((one) => one !== undefined).length === 1,
    'expected exactly one of `events`, `raw` and `plugin`',
  )
  .superRefine((sli, context) => {
    const missing = (key: string) => context.addIssue({ code: 'custom', message: `\`${key}\` is missing` });
    if (sli.events !== undefined && (sli.events.error_query ?? sli.events.errorQuery) === undefined)
      missing('error_query');
    if (sli.events !== undefined && (sli.events.total_query ?? sli.events.totalQuery) === undefined)
      missing('total_query');
    if (sli.raw !== undefined && (sli.raw.error_ratio_query ?? sli.raw.errorRatioQuery) === undefined)
      missing('error_ratio_query');
  });

const alert = z.looseObject({ disable: z.boolean().optional() }).nullish();

const specSchema = z.looseObject({
  service: name,
  slos: z
    .array(
      z.looseObject({
        name,
        objective: z.number().gt(0).max(100).describe('Percent'),
        sli: sliSchema,
        alerting: z
          .looseObject({ page_alert: alert, pageAlert: alert, ticket_alert: alert, ticketAlert: alert })
          .nullish(),
      }),
    )
    .min(1)
    .refine((slos) => new Set(slos.map((slo) => slo.name)).size === slos.length, 'two SLOs have one name'),
});

export const slothSchema = z.union([
  z.looseObject({ version: z.literal('prometheus/v1') }).and(specSchema),
  z
    .looseObject({
      apiVersion: z.literal('sloth.slok.dev/v1'),
      kind: z.literal('PrometheusServiceLevel'),
      metadata: z.looseObject({ name: z.string() }),
      spec: specSchema,
    })
    .transform((resource) => resource.spec),
]);

/** Sloth's own default period. */
const periodMs = 30 * 86_400_000;

/** `originOf` gives the place of the n-th SLO; `ownWindows` says that there is an AlertWindows resource beside it. */
export function slothToSlos(
  spec: z.infer<typeof slothSchema>,
  originOf: (index: number) => Slo['origin'],
  ownWindows: boolean,
): readonly Slo[] {
  return spec.slos.map((slo, index) => ({
    name: `${spec.service}-${slo.name}`,
    service: spec.service,
    origin: originOf(index),
    target: Number((slo.objective / 100).toPrecision(12)),
    periodMs,
    calendar: null,
    sli: sliOf(slo.sli),
    notes: [
      ...(isSilenced(slo.alerting)
        ? [
            'its alerts are disabled in Sloth; here it is judged all the same, because a release can wait for it',
          ]
        : []),
      ...(ownWindows
        ? ['Sloth’s own AlertWindows are not applied: 30d and the rules of the README are']
        : []),
    ],
  }));
}

type SlothSlo = z.infer<typeof slothSchema>['slos'][number];

function isSilenced(alerting: SlothSlo['alerting']): boolean {
  const page = alerting?.page_alert ?? alerting?.pageAlert;
  return page?.disable === true;
}

function sliOf(sli: z.infer<typeof sliSchema>): Sli {
  const raw = sli.raw?.error_ratio_query ?? sli.raw?.errorRatioQuery;
  if (raw !== undefined) return { kind: 'error-ratio', text: raw };
  const error = sli.events?.error_query ?? sli.events?.errorQuery;
  const total = sli.events?.total_query ?? sli.events?.totalQuery;
  if (error === undefined || total === undefined) {
    return { kind: 'unsupported', reason: `Sloth plug-ins (\`${sli.plugin?.id}\`) are not run here` };
  }
  const [bad, all] = [measureOf(error, { counter: true }), measureOf(total, { counter: true })];
  // Sloth only ever divides the two. What does not count events on both sides has a ratio, and no counts behind it.
  if (!isCount(bad) || !isCount(all)) return { kind: 'error-ratio', text: `(${error}) / (${total})` };
  return { kind: 'events', of: 'events', numerator: { is: 'bad', measure: bad }, total: all };
}

function isCount(measure: Measure): boolean {
  return (
    measure.kind === 'counter' ||
    measure.perSecond ||
    /\b(?:increase|delta|count_over_time|sum_over_time)\s*\(/.test(measure.text)
  );
}

/** `AlertWindows`: which rules Sloth makes; ours are our own. */
export const slothWindowsSchema = z.looseObject({
  kind: z.literal('AlertWindows'),
  spec: z.looseObject({ sloPeriod: z.string() }),
});
