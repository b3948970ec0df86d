import { z } from 'zod';
import { isTimeZone } from './calendar.ts';
import { durationSchema } from './duration.ts';

const counter = z
  .string()
  .min(1)
  .max(2_000)
  .describe(
    'Selector of a counter, `orders_total{status="ok"}`; or a whole PromQL expression with `$bucket`',
  );

const common = {
  name: z.string().min(1).max(80).describe('As people call it'),
  better: z.enum(['up', 'down']).describe('Which direction is the good one'),
  tolerance: z
    .number()
    .min(0)
    .max(10)
    .default(0.02)
    .describe('A change for the worse up to this share of the former value is no regression, ratio'),
  owner: z.string().optional().describe('Handle that the issue of a regression mentions; default: `on_call`'),
};

const kpiSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ratio'), ...common, events: counter, total: counter }),
  z.strictObject({ kind: z.literal('mean'), ...common, sum: counter, count: counter }),
  z.strictObject({ kind: z.literal('rate'), ...common, events: counter }),
]);
export type Kpi = z.infer<typeof kpiSchema>;

/** What is compared a day after GA. */
export const kpisSchema = z.strictObject({
  url: z.url().optional().describe('Prometheus; default: `metrics.url` when that is one'),
  queries: z
    .array(kpiSchema)
    .max(20)
    .refine(
      (list) => new Set(list.map(({ name }) => name)).size === list.length,
      'two figures have the same name',
    )
    .default([])
    .describe('None: error rate, slow requests and traffic of `metrics`'),
  baseline_weeks: z
    .int()
    .min(1)
    .max(8)
    .default(1)
    .describe('Weeks before the release whose same hours are the baseline'),
  bucket: durationSchema
    .default(3_600_000)
    .describe('Hours are compared with hours; at most 1/24 of the window'),
  time_zone: z
    .string()
    .refine(isTimeZone, 'expected a time zone such as Europe/Berlin or UTC')
    .default('UTC')
    .describe('In which the same hour of the same weekday is sought; summer time is observed'),
  confidence: z.number().gt(0.5).lt(1).default(0.95).describe('Of all intervals of a report together, ratio'),
  min_events: z.int().min(1).default(100).describe('With fewer on one side a figure is insufficient'),
});
export type KpiSettings = z.infer<typeof kpisSchema>;
