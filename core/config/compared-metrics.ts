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
  })
  .refine(({ events, gauge }) => (events === undefined) !== (gauge === undefined), {
    error: 'expected exactly one of `events` and `gauge`',
  });

export type ComparedMetric = z.infer<typeof comparedMetricSchema>;
