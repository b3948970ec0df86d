import { z } from 'zod';
import { durationSchema } from '../../core/config/duration.ts';
import { formatNames } from './formats/names.ts';

const ratio = z.number().min(0).max(1);

const resultSchema = z.union([
  z.string().transform((path) => ({ path, format: 'auto' as const, better: undefined })),
  z.strictObject({
    path: z.string().describe('Path or glob of result files'),
    format: z
      .enum(['auto', ...formatNames])
      .default('auto')
      .describe('Tool that wrote it'),
    better: z
      .enum(['lower', 'higher'])
      .optional()
      .describe('Which way is better, where neither tool nor unit tells: of every metric in it'),
  }),
]);

const budgetSchema = z
  .strictObject({
    metric: z
      .string()
      .describe('Name of a metric, e.g. `latency.p95`, `throughput`, `error_rate`, `BenchmarkParse`'),
    max: z.number().optional().describe('Absolute upper limit, in the unit of the metric'),
    min: z.number().optional().describe('Absolute lower limit'),
    max_regression: z
      .number()
      .min(0)
      .optional()
      .describe('How much worse than the baseline it may be, ratio; overrides comparison.max_regression'),
  })
  .refine(
    (budget) => budget.max !== undefined || budget.min !== undefined || budget.max_regression !== undefined,
    {
      message: 'needs `max`, `min` or `max_regression`',
    },
  );
export type Budget = z.infer<typeof budgetSchema>;

const validitySchema = z.strictObject({
  min_duration: durationSchema.prefault('5s').describe('A shorter load run proves nothing'),
  min_requests: z.int().min(1).default(200).describe('Fewer requests prove nothing'),
  offered_rate: z.number().positive().optional().describe('Requests a second that the run was meant to send'),
  min_achieved: ratio.default(0.95).describe('Share of the offered rate that must have been sent'),
  max_dropped: ratio.default(0.01).describe('Share of iterations that the generator may drop'),
  max_error_rate: ratio.default(0.01).describe('Share of requests that may fail'),
});

const acceptedSchema = z
  .strictObject({
    metric: z.string().describe('Name of the metric'),
    since: z
      .string()
      .regex(
        /^(\d{4}-\d\d-\d\d([T ].*)?|[0-9a-f]{7,64})$/i,
        'expected a date such as 2026-05-04, or a commit of at least seven digits',
      )
      .describe('Commit or date from which the new level counts; a date also before its first run'),
    up_to: z
      .number()
      .positive()
      .optional()
      .describe('The worst value that is accepted, in the unit of the metric; needed with a date'),
    reason: z.string().min(10).describe('Why it is worth it; shown in the evidence'),
  })
  .superRefine(({ since, up_to }, context) => {
    if (!isDate(since)) return;
    const say = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (Number.isNaN(Date.parse(since))) say('since', 'is no day of the calendar');
    // The first run after the date has no past to be compared with: without a bound anything would pass.
    if (up_to === undefined) say('up_to', 'is missing: a date accepts a level only up to a worst value');
  });
export type Accepted = z.infer<typeof acceptedSchema>;

/** True when `since` names a time; otherwise it names a commit. */
export function isDate(since: string): boolean {
  return /^\d{4}-\d\d-\d\d/.test(since);
}

const comparisonSchema = z.strictObject({
  max_regression: z
    .number()
    .min(0)
    .default(0.1)
    .describe('How much worse than the baseline a metric may be, ratio'),
  metrics: z
    .array(z.string())
    .optional()
    .describe('Metrics to compare; default: latency quantiles, throughput and every micro-benchmark'),
  false_alarm_rate: z
    .number()
    .gt(0)
    .lt(0.5)
    .default(0.05)
    .describe('Of the whole comparison, all metrics together'),
  power: z
    .number()
    .gt(0.5)
    .lt(1)
    .default(0.8)
    .describe('Chance with which the stated smallest regression is seen'),
  min_runs: z.int().min(3).default(5).describe('Past runs without which there is no noise model'),
  window: z.int().min(3).max(200).default(20).describe('Most recent past runs that are the noise model'),
  max_drift: z
    .number()
    .min(0)
    .default(0.25)
    .describe('How much worse than the best level of the whole history a metric may become, ratio'),
  accepted: z
    .array(acceptedSchema)
    .default([])
    .describe('Regressions that somebody has accepted: the history before them is forgotten'),
});

const headroomSchema = z.strictObject({
  min: z.number().gt(0).lt(1).default(0.2).describe('1 − peak/capacity must be at least this'),
  peak: z
    .union([
      z.number().positive(),
      z.strictObject({
        path: z.string().describe('JSON list of past peaks: [{at, rate}, …]'),
        horizon: durationSchema.prefault('30d').describe('How far ahead the peak is forecast'),
      }),
    ])
    .describe('Peak in requests a second: a number, or a file of past peaks to forecast from'),
  confidence: z
    .number()
    .gt(0.5)
    .lt(1)
    .default(0.9)
    .describe('Of the interval around the forecast, two-sided'),
  steps: z
    .array(z.string())
    .default(['perf/steps/*.json', 'perf/steps.json'])
    .describe('Results of a step load, one file a step, or one file with `steps`'),
  slo: z
    .strictObject({
      metric: z.string().default('latency.p95').describe('Metric of the objective'),
      max: z.number().positive().default(250).describe('In the unit of the metric (ms for latency)'),
      max_error_rate: ratio.default(0.01).describe('Share of requests that may fail at a step that holds'),
    })
    .prefault({})
    .describe('What a step must hold'),
  saturation: z
    .boolean()
    .default(false)
    .describe(
      'The result itself drove the service as fast as it could: without steps its throughput is the capacity',
    ),
  on_unmeasured: z
    .enum(['warn', 'inconclusive'])
    .default('inconclusive')
    .describe('Verdict when headroom cannot be measured'),
});
export type HeadroomOptions = z.infer<typeof headroomSchema>;

/** `gates.perf` of the config. */
export const perfOptionsSchema = z.strictObject({
  results: z
    .array(resultSchema)
    .min(1)
    .optional()
    .describe('Result files; default: perf/summary.json and perf/results/*'),
  baseline: z
    .string()
    .default('perf/baseline.json')
    .describe('Past runs, until the Conductor keeps some; read from the base branch when there is one'),
  service: z
    .string()
    .max(100)
    .default('')
    .describe('Whose numbers these are, where a repository measures several services'),
  environment: z
    .string()
    .max(100)
    .default('')
    .describe('Where they were measured: numbers of two environments are never compared'),
  budgets: z.array(budgetSchema).default([]).describe('Limits of single metrics'),
  validity: validitySchema.prefault({}).describe('When a load run is believed'),
  comparison: comparisonSchema.prefault({}).describe('Against past runs'),
  headroom: headroomSchema.optional().describe('Without this section headroom is not judged'),
});
export type PerfOptions = z.infer<typeof perfOptionsSchema>;
