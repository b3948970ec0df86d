import { z } from 'zod';
import { durationSchema } from '../../core/config/duration.ts';

const labels = z.record(z.string(), z.string());

const sourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('prometheus').describe('Prometheus HTTP API'),
    url: z.url().describe('Base URL; its host must be in `allowed_hosts`'),
  }),
  z.strictObject({
    kind: z.literal('scrape').describe('Direct scrape of a text exposition; it has no history'),
    url: z.url().describe('Address of the exposition; its host must be in `allowed_hosts`'),
    observe: durationSchema
      .prefault('0s')
      .describe(
        'Scrape twice, this far apart, and judge what happened between; 0 judges everything since the start of the processes',
      ),
  }),
  z.strictObject({
    kind: z.literal('recorded').describe('A JSON file in the repository or made by an earlier step'),
    path: z.string().describe('Path inside the repository'),
    max_age: durationSchema.prefault('24h').describe('An older recording is stale'),
  }),
]);

const ownObjectiveSchema = z
  .strictObject({
    name: z.string().min(1).max(100).describe('Name in the report and in recordings'),
    service: z.string().default('').describe('For the reader'),
    target: z.number().gt(0).lt(1).describe('Ratio of good events, e.g. 0.999'),
    period: durationSchema.prefault('30d').describe('Period of the error budget: 7d, 28d, 30d or 90d'),
    total: z.string().default('http_requests_total').describe('Counter of all events'),
    match: labels.default({}).describe('Labels that every series must have'),
    errors: labels
      .optional()
      .describe('Labels of the bad events; `5xx` matches any 5-hundred code. Default: {code: 5xx}'),
    slow: z
      .strictObject({
        histogram: z.string().describe('Name of the histogram without `_bucket`'),
        over: z.number().positive().describe('Bucket edge in seconds; slower is bad'),
      })
      .optional()
      .describe('Latency objective from a histogram, instead of `errors`'),
  })
  .refine((objective) => objective.errors === undefined || objective.slow === undefined, {
    message: 'has both `errors` and `slow`: write two objectives',
  });
export type OwnObjective = z.infer<typeof ownObjectiveSchema>;

const goldenPathsSchema = z.strictObject({
  file: z.string().default('golden_paths.yaml').describe('Catalogue of probes'),
  base_url: z.url().optional().describe('Where the probes go; overrides the file'),
});

/** `gates.slo` of the config. */
export const sloOptionsSchema = z.strictObject({
  files: z
    .array(z.string())
    .default(['slo.yaml', 'slo.yml', 'slo/**/*.yaml', 'slo/**/*.yml'])
    .describe('OpenSLO v1, Sloth and Pyrra documents (globs)'),
  objectives: z.array(ownObjectiveSchema).default([]).describe('Objectives in the short form'),
  source: sourceSchema.optional().describe('Where the numbers come from'),
  on_no_data: z
    .enum(['inconclusive', 'skip'])
    .default('inconclusive')
    .describe('Verdict when no objective has any data; `skip` is shown as skipped, never as passed'),
  on_budget_exhausted: z
    .enum(['fail', 'warn'])
    .default('fail')
    .describe('Verdict when the budget of the period is spent'),
  min_events: z.int().min(1).default(100).describe('Events without which a window proves nothing'),
  confidence: z
    .number()
    .gt(0.5)
    .lt(1)
    .default(0.95)
    .describe('One-sided confidence with which a breach must be shown'),
  stale_after: durationSchema.prefault('10m').describe('A newest sample older than this is stale'),
  match: labels.default({}).describe('Further labels for every counter, e.g. the version under test'),
  version_label: z
    .string()
    .optional()
    .describe('For a tag: only series whose label says this version, `v1.2.0` or `1.2.0`'),
  rollout: z
    .strictObject({
      steps: z
        .array(
          z.strictObject({
            weight: z.number().gt(0).max(100).describe('Percent of traffic'),
            for: durationSchema.describe('How long'),
          }),
        )
        .min(1)
        .describe('Its steps, as planned'),
      bad_ratio: z
        .number()
        .gt(0)
        .max(1)
        .default(0.05)
        .describe('Share of its requests that a bad version would fail'),
    })
    .optional()
    .describe(
      'The planned rollout: what it would spend of the error budget if the version is bad; default: as `release.canary` plans it',
    ),
  since: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('Start of the deployment under test: windows do not reach back before it'),
  golden_paths: goldenPathsSchema.prefault({}).describe('Probes to walk'),
});
export type SloOptions = z.infer<typeof sloOptionsSchema>;
