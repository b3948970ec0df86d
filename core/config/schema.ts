import { z } from 'zod';
import { gateNameSchema } from '../gate/names.ts';
import { artifactsSchema } from './artifacts.ts';
import { freezesSchema, windowsSchema } from './calendar.ts';
import { comparedMetricSchema } from './compared-metrics.ts';
import { deployerSchema } from './deployer.ts';
import { durationSchema } from './duration.ts';
import { flagsSchema } from './flags.ts';
import { gatesShape } from './gates-shape.ts';
import { governanceSchema } from './governance.ts';
import { kpisSchema } from './kpis.ts';
import { notesSchema } from './notes.ts';
import { notifySchema } from './notify.ts';
import { permissionsSchema } from './permissions.ts';
import { preflightSchema } from './preflight.ts';
import { previewsSchema } from './previews.ts';
import { promoteOnlyIfSchema } from './promote-only-if.ts';
import { servicesSchema } from './service-overrides.ts';
import { stopConditionsSchema } from './stop-conditions.ts';
import { wavesSchema } from './waves.ts';

const metricsSchema = z.strictObject({
  kind: z
    .enum(['prometheus', 'scrape'])
    .describe('Prometheus HTTP API, or a direct scrape of a text exposition'),
  url: z.url().describe('Base URL'),
  requests: z.string().default('http_requests_total').describe('Counter of requests, with a `version` label'),
  error_match: z
    .record(z.string(), z.string())
    .default({ code: '5xx' })
    .describe('Labels of the error series; `5xx` matches any 5-hundred code'),
  duration: z
    .string()
    .default('http_request_duration_seconds')
    .describe('Histogram of request durations, seconds'),
  slow_over: z
    .number()
    .positive()
    .default(0.25)
    .describe('Bucket edge in seconds above which a request counts as slow'),
  slow_also: z
    .array(z.number().positive())
    .max(8)
    .default([0.5, 1])
    .describe('Further bucket edges, seconds; an edge that the histogram lacks is not judged'),
  version_label: z.string().default('version').describe('Label that tells the versions apart'),
  match: z
    .record(z.string(), z.string())
    .default({})
    .describe('Further labels that every series must have, e.g. `service`'),
  environment_label: z
    .string()
    .nullable()
    .default('environment')
    .describe('null: the series have no such label'),
  compare: z
    .array(comparedMetricSchema)
    .max(8)
    .default([])
    .describe(
      'Further figures of both versions that are compared: business metrics, saturation, counts from logs',
    ),
});

const canarySchema = z.strictObject({
  steps: z
    .array(z.int().min(1).max(100))
    .min(1)
    .default([10, 50, 100])
    .describe('Percent of traffic, rising, ending in 100'),
  interval: durationSchema.default(10_000).describe('Time between two measurements'),
  soak: durationSchema.default(300_000).describe('Least time at a step before it can be promoted'),
  warm_up: durationSchema.default(0).describe('Time after a weight change whose requests are not judged'),
  no_data_after: durationSchema
    .default(120_000)
    .describe('Without readings for this long the release is held'),
  alpha: z
    .number()
    .gt(0)
    .lt(0.5)
    .default(0.001)
    .describe('Bound on the probability of a false rollback in the whole release, ratio'),
  tolerated_ratio: z
    .number()
    .min(1)
    .default(1.2)
    .describe('Canary/baseline error ratio that is still acceptable'),
  max_error_rate: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.05)
    .describe('Absolute limit, ratio; the promotion evidence is against it'),
  max_slowdown: z
    .number()
    .gt(1)
    .default(2)
    .describe("How many times the baseline's p95 the canary's p95 may be; needs a bucket edge above it"),
  error_cluster: z
    .number()
    .min(1)
    .max(100)
    .optional()
    .describe(
      'Largest number of errors that one cause makes at once (retries); 1: each has its own. Absent: learned from the baseline, and 5 until something is known',
    ),
  deadline: durationSchema
    .default(14_400_000)
    .describe('Time within which a step has to show its health; then `on_deadline`'),
  on_deadline: z
    .enum(['hold', 'abort'])
    .default('hold')
    .describe('A step whose health is still not shown is held, or rolled back'),
  min_requests: z.int().min(1).default(200).describe('Canary requests without which nothing is promoted'),
  lease: durationSchema
    .default(900_000)
    .describe('Silence of the Conductor after which the pipeline may go back by itself; 0: never'),
  advance: z
    .union([z.enum(['manual', 'auto']), z.array(z.enum(['manual', 'auto']))])
    .default('manual')
    .describe('Who takes the next step, a person or the Conductor; a list says it for each of `steps`'),
});

const releaseSchema = z.strictObject({
  tags: z.string().default('v*').describe('Glob of the tags that are releases'),
  service: z.string().default('service').describe('Name of the service in metrics'),
  paths: z
    .array(z.string().min(1))
    .max(50)
    .default([])
    .describe(
      'Globs of the files that belong to the release: other changes are not in its notes; none: all files',
    ),
  stage_environment: z.string().default('stage').describe('Environment in which a version is judged first'),
  production_environment: z
    .string()
    .default('production')
    .describe('Environment of the canary, the first of `waves`'),
  waves: wavesSchema,
  required_gates: z
    .array(gateNameSchema)
    .default(['slo', 'perf', 'supply-chain', 'migrations', 'policy'])
    .describe('Gates without whose pass on exactly the tagged commit nothing is deployed or promoted'),
  max_gate_age: durationSchema
    .default(86_400_000)
    .describe('A gate result older than this does not count at a promotion'),
  promote_only_if: promoteOnlyIfSchema.prefault({}),
  artifacts: artifactsSchema,
  windows: windowsSchema,
  freezes: freezesSchema,
  lock_ttl: durationSchema
    .default(14_400_000)
    .describe('Longest life of an environment lock; `/lock` without a duration takes it'),
  on_new_tag: z
    .enum(['queue', 'supersede'])
    .default('queue')
    .describe('A tag while another release is under way waits for it, or takes its place'),
  hotfix_tags: z
    .string()
    .optional()
    .describe('Glob of tags in the hotfix lane: they supersede, and need no window and no resolved failure'),
  block_after_failure: z
    .boolean()
    .default(true)
    .describe(
      'After a rollback nothing is promoted until `/resume` in the failed release says it is resolved',
    ),
  qa_report: z
    .string()
    .optional()
    .describe(
      'QA report in the tagged commit, e.g. `QA/QA-Report-{tag}.md`: unless its front matter says `status: approved`, nothing is deployed',
    ),
  deployer: deployerSchema,
  preflight: preflightSchema,
  stop_conditions: stopConditionsSchema,
  observe_after_ga: durationSchema
    .default(86_400_000)
    .describe('After GA `/rollback` still works for this long'),
  notify: notifySchema,
  notes: notesSchema.prefault({}).describe('How labels of pull requests speak in the release notes'),
  flags: flagsSchema.optional().describe('How the flags of `ga_flags` are flipped; absent: by hand'),
  kpis: kpisSchema.prefault({}).describe('What is compared with the same hours before, a day after GA'),
  canary: canarySchema.prefault({}),
  metrics: metricsSchema,
  on_call: z.array(z.string()).default([]).describe('Handles named in the templates'),
  ga_flags: z
    .array(z.string())
    .default([])
    .describe('Flags named in the GA template; flipped when `flags` says how'),
  runbook: z.url().optional().describe('Link put into incident issues'),
  permissions: permissionsSchema,
});
export type ReleaseConfig = z.infer<typeof releaseSchema>;

/** `.github/release-conductor.yml`. The gates' own sections are checked by the gates' schemas. */
export const configSchema = z.strictObject({
  ...gatesShape,
  release: releaseSchema.optional(),
  governance: governanceSchema.optional(),
  previews: previewsSchema.optional(),
  services: servicesSchema<ReleaseConfig>(releaseSchema),
});
export type Config = z.infer<typeof configSchema>;
