import { z } from 'zod';

/** One more figure of both versions that is compared: a business metric, saturation, a count derived from logs. */
export const comparedMetricSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z][a-z0-9_-]{0,39}$/)
      .describe('What it is called in verdicts and tables'),
    events: z
      .string()
      .min(1)
      .optional()
      .describe('Counter of events, compared per request: failed checkouts, orders, error lines of a log'),
    gauge: z
      .string()
      .min(1)
      .optional()
      .describe('Gauge, compared by its mean over the processes: CPU, memory, queue length'),
    match: z.record(z.string(), z.string()).default({}).describe('Labels that its series must have'),
    worse: z.enum(['higher', 'lower']).default('higher').describe('Which way is worse'),
    tolerated: z
      .number()
      .positive()
      .optional()
      .describe(
        'Events: ratio to the baseline that is still acceptable (default `canary.tolerated_ratio`); gauges: difference, in their own unit (default 0)',
      ),
    limit: z
      .number()
      .optional()
      .describe(
        'Gauges: an absolute limit, in their own unit, in place of the comparison with the baseline: saturation above 0.9, or (with `worse: lower`) a rate below it',
      ),
    on_worse: z
      .enum(['hold', 'rollback'])
      .optional()
      .describe(
        'Gauges: hold the promotion up, or roll back; default `rollback` with a `limit`, else `hold`. Events always take part in the rollback',
      ),
  })
  .refine(({ events, gauge }) => (events === undefined) !== (gauge === undefined), {
    error: 'expected exactly one of `events` and `gauge`',
  })
  .refine(({ gauge, limit, on_worse: onWorse }) => gauge !== undefined || (limit ?? onWorse) === undefined, {
    error: 'expected `limit` and `on_worse` beside a `gauge` only: events are compared, and always take part',
  })
  .refine(({ limit, tolerated }) => limit === undefined || tolerated === undefined, {
    error: 'expected one of `limit` and `tolerated`: for both, name the gauge twice',
  });

export type ComparedMetric = z.infer<typeof comparedMetricSchema>;
