import { z } from 'zod';

/**
 * OpenSLO v1, kind by kind (https://github.com/OpenSLO/OpenSLO, README and its JSON Schemas). Further keys are
 * allowed, as there. What the README added after the schemas (`targetPercent`, `RatioTimeslices`, `raw` ratios,
 * inline alert policies) is known too.
 */
const name = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[a-z0-9][a-z0-9.|/\\-]*$/, 'expected a lower-case name of letters, digits, - and .');
const description = z.string().max(1050, 'longer than 1050 characters');
const shorthand = z
  .string()
  .regex(/^[1-9][0-9]*[mhdwMQY]$/, 'expected a duration such as 5m, 1h, 28d, 4w, 1M, 1Q or 1Y');

const labelValue = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[a-z0-9A-Z][a-z0-9A-Z._-]*$/);
const metadata = z.looseObject({
  name,
  displayName: z.string().min(1).optional(),
  labels: z.record(z.string(), z.union([labelValue, z.array(labelValue)])).optional(),
  annotations: z.record(z.string().max(317), z.unknown()).optional(),
});

const metricSource = z.looseObject({
  metricSourceRef: name.optional(),
  type: z.string().optional(),
  spec: z.looseObject({}),
});
const query = z.looseObject({ metricSource });

const ratioMetric = z
  .looseObject({
    counter: z.boolean().optional(),
    good: query.optional(),
    bad: query.optional(),
    total: query.optional(),
    raw: query.optional(),
    rawType: z.enum(['success', 'failure']).optional(),
  })
  .superRefine((ratio, context) => {
    const say = (message: string): void => context.addIssue({ code: 'custom', message });
    if (ratio.raw !== undefined) {
      if (ratio.rawType === undefined) say('`raw` needs `rawType`');
      if (ratio.good ?? ratio.bad ?? ratio.total) say('`raw` excludes `good`, `bad` and `total`');
      return;
    }
    if (ratio.total === undefined) say('`total` is missing');
    if ((ratio.good === undefined) === (ratio.bad === undefined))
      say('expected exactly one of `good` and `bad`');
  });

const sliSpec = z
  .looseObject({
    description: description.optional(),
    thresholdMetric: query.optional(),
    ratioMetric: ratioMetric.optional(),
  })
  .refine(
    (spec) => (spec.thresholdMetric === undefined) !== (spec.ratioMetric === undefined),
    'expected exactly one of `thresholdMetric` and `ratioMetric`',
  );
export type OpenSliSpec = z.infer<typeof sliSpec>;

const indicator = z.looseObject({ metadata: metadata.optional(), spec: sliSpec });

const calendar = z.looseObject({
  startTime: z
    .string()
    .regex(
      /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]) ([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/,
      'expected `YYYY-MM-DD hh:mm:ss`',
    ),
  timeZone: z.string().refine(isTimeZone, 'not a name of the IANA time zone database'),
});

const timeWindow = z
  .looseObject({ duration: shorthand, isRolling: z.boolean().optional(), calendar: calendar.optional() })
  .refine((window) => window.isRolling === true || window.calendar !== undefined, {
    message: 'a window that is not rolling needs `calendar`',
  });

const objective = z
  .looseObject({
    displayName: z.string().min(1).optional(),
    op: z.enum(['lte', 'gte', 'lt', 'gt']).optional(),
    value: z.number().optional(),
    target: z.number().min(0).lt(1).optional(),
    targetPercent: z.number().min(0).lt(100).optional(),
    timeSliceTarget: z.number().min(0).max(1).optional(),
    timeSliceWindow: z.union([shorthand, z.number().positive()]).optional(),
    indicator: indicator.optional(),
    indicatorRef: name.optional(),
    compositeWeight: z.number().positive().optional(),
  })
  .refine((one) => (one.target === undefined) !== (one.targetPercent === undefined), {
    message: 'expected exactly one of `target` and `targetPercent`',
  });

const severityCondition = z.looseObject({
  description: description.optional(),
  severity: z.string(),
  condition: z.looseObject({
    kind: z.string().optional(),
    op: z.enum(['lte', 'gte', 'lt', 'gt']).optional(),
    threshold: z.number(),
    lookbackWindow: shorthand,
    alertAfter: shorthand.optional(),
  }),
});

const inlineOr = (reference: string, kind: string, spec: z.ZodType) =>
  z
    .looseObject({
      [reference]: name.optional(),
      kind: z.literal(kind).optional(),
      metadata: metadata.optional(),
      spec: spec.optional(),
    })
    .refine((item) => {
      const inline = item.kind !== undefined && item.metadata !== undefined && item.spec !== undefined;
      return (item[reference] !== undefined) !== inline;
    }, `expected either \`${reference}\` or an inline ${kind}`);

const targetSpec = z.looseObject({ target: z.string(), description: description.optional() });

const alertPolicySpec = z.looseObject({
  description: description.optional(),
  alertWhenNoData: z.boolean(),
  alertWhenResolved: z.boolean(),
  alertWhenBreaching: z.boolean(),
  conditions: z
    .array(inlineOr('conditionRef', 'AlertCondition', severityCondition))
    .length(1, 'expected exactly one condition'),
  notificationTargets: z
    .array(inlineOr('targetRef', 'AlertNotificationTarget', targetSpec))
    .min(1, 'expected at least one notification target'),
});

const sloSpec = z
  .looseObject({
    description: description.optional(),
    service: name,
    indicator: indicator.optional(),
    indicatorRef: name.optional(),
    timeWindow: z.array(timeWindow).max(1, 'expected one time window').optional(),
    budgetingMethod: z.enum(['Occurrences', 'Timeslices', 'RatioTimeslices']),
    objectives: z.array(objective).min(1),
    alertPolicies: z
      .array(z.union([name, inlineOr('alertPolicyRef', 'AlertPolicy', alertPolicySpec)]))
      .nullish(),
  })
  .superRefine((spec, context) => {
    const own = [spec.indicator, spec.indicatorRef].filter((one) => one !== undefined).length;
    const composite = spec.objectives.every(
      (one) => one.indicator !== undefined || one.indicatorRef !== undefined,
    );
    if (own > 1 || (own === 0) !== composite) {
      context.addIssue({ code: 'custom', message: 'expected exactly one of `indicator` and `indicatorRef`' });
    }
    spec.objectives.forEach((one, index) => {
      const at = ['objectives', index];
      if (spec.budgetingMethod !== 'Occurrences' && one.timeSliceWindow === undefined) {
        context.addIssue({
          code: 'custom',
          path: at,
          message: `${spec.budgetingMethod} needs \`timeSliceWindow\``,
        });
      }
      if (spec.budgetingMethod === 'Timeslices' && one.timeSliceTarget === undefined) {
        context.addIssue({ code: 'custom', path: at, message: 'Timeslices needs `timeSliceTarget`' });
      }
    });
  });

const base = { apiVersion: z.literal('openslo/v1'), metadata };

export const openSloSchema = z.discriminatedUnion('kind', [
  z.looseObject({ ...base, kind: z.literal('SLO'), spec: sloSpec }),
  z.looseObject({ ...base, kind: z.literal('SLI'), spec: sliSpec }),
  z.looseObject({ ...base, kind: z.literal('AlertPolicy'), spec: alertPolicySpec }),
  z.looseObject({
    ...base,
    kind: z.literal('AlertCondition'),
    spec: severityCondition.refine(
      (spec) => spec.condition.kind !== 'burnrate' || isComplete(spec.condition),
      {
        message: 'a burn-rate condition needs `op`, `threshold`, `lookbackWindow` and `alertAfter`',
      },
    ),
  }),
  z.looseObject({ ...base, kind: z.literal('AlertNotificationTarget'), spec: targetSpec }),
  z.looseObject({
    ...base,
    kind: z.literal('DataSource'),
    spec: z.looseObject({ type: z.string(), connectionDetails: z.looseObject({}) }),
  }),
  z.looseObject({
    ...base,
    kind: z.literal('Service'),
    spec: z.looseObject({ description: description.optional() }),
  }),
]);
export type OpenSloDocument = z.infer<typeof openSloSchema>;
export type OpenSlo = Extract<OpenSloDocument, { kind: 'SLO' }>;

function isComplete(condition: { readonly op?: unknown; readonly alertAfter?: unknown }): boolean {
  return condition.op !== undefined && condition.alertAfter !== undefined;
}

function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}
