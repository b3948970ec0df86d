import { z } from 'zod';
import { gateNameSchema } from '../gate/names.ts';

const slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,99}$/, 'expected a slug: lower-case letters, digits, - and _');
const login = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,38}$/, 'expected a login');
const name = z.string().trim().min(1).max(255);

/** Who may go round a ruleset, by name. */
const bypassSchema = z
  .strictObject({
    team: slug.optional(),
    app: slug.optional(),
    role: z.enum(['write', 'maintain', 'admin']).optional(),
    organization_admin: z.literal(true).optional(),
    mode: z
      .enum(['pull_request', 'always'])
      .default('pull_request')
      .describe('GitHub itself takes `always` when nothing is said'),
  })
  .refine(({ mode: _, ...actors }) => Object.values(actors).filter((one) => one !== undefined).length === 1, {
    message: 'expected exactly one of team, app, role, organization_admin',
  });

const pullRequestSchema = z.strictObject({
  approvals: z.int().min(0).max(10).default(1),
  code_owners: z.boolean().default(true),
  dismiss_stale: z.boolean().default(true).describe('A push voids earlier approvals'),
  last_push: z.boolean().default(true).describe('The last pusher does not approve'),
  resolved_threads: z.boolean().default(false),
});

const requiredChecksSchema = z.strictObject({
  gates: z
    .union([z.literal('all'), z.array(gateNameSchema)])
    .default('all')
    .describe("The Conductor's own checks, pinned to the App"),
  others: z
    .array(z.strictObject({ name, app: slug.describe('Only this app can satisfy the check') }))
    .default([]),
  up_to_date: z.boolean().default(false).describe('The branch must have the newest base'),
});

const mergeQueueSchema = z.strictObject({
  method: z.enum(['merge', 'squash', 'rebase']).default('merge'),
  all_green: z.boolean().default(true).describe('Each entry of a group must pass, not only the last'),
  build_at_once: z.int().min(1).max(100).default(5),
  merge_at_once: z.int().min(1).max(100).default(5),
  merge_at_least: z.int().min(0).max(100).default(1),
  wait_minutes: z.int().min(0).max(360).default(5),
  check_minutes: z.int().min(1).max(360).default(60),
});

const rulesetSchema = z.strictObject({
  target: z.enum(['branch', 'tag']).default('branch'),
  enforcement: z.enum(['active', 'evaluate', 'disabled']).default('active'),
  include: z
    .array(z.string().min(1))
    .min(1)
    .default(['~DEFAULT_BRANCH'])
    .describe('`~DEFAULT_BRANCH`, `~ALL` or patterns such as `refs/heads/release/*`'),
  exclude: z.array(z.string().min(1)).default([]),
  bypass: z
    .array(bypassSchema)
    .max(20)
    .default([])
    .describe('The whole list: whoever else is in it is drift'),
  pull_request: pullRequestSchema.optional(),
  required_checks: requiredChecksSchema.optional(),
  merge_queue: mergeQueueSchema.optional(),
  block: z
    .array(z.enum(['creation', 'update', 'deletion', 'force_push']))
    .default(['deletion', 'force_push'])
    .describe('What nobody may do to a matching ref'),
  linear_history: z.boolean().default(false),
  signed_commits: z.boolean().default(false),
});

const environmentSchema = z.strictObject({
  wait_minutes: z.int().min(0).max(43_200).default(0),
  reviewers: z
    .strictObject({ teams: z.array(slug).default([]), users: z.array(login).default([]) })
    .prefault({})
    .refine(({ teams, users }) => teams.length + users.length <= 6, { message: 'GitHub takes at most 6' }),
  prevent_self_review: z.boolean().default(true),
  refs: z
    .union([
      z.enum(['all', 'protected']),
      z.strictObject({ branches: z.array(name).default([]), tags: z.array(name).default([]) }),
    ])
    .default('protected')
    .describe('Which branches and tags may deploy'),
  conductor: z
    .boolean()
    .default(true)
    .describe('The Conductor is a protection rule: no job enters without green gates'),
});

const labelSchema = z.strictObject({
  color: z.string().regex(/^[0-9a-f]{6}$/, 'expected six lower-case hex digits without #'),
  description: z.string().max(100).default(''),
});

/** `governance:` in `release-conductor.yml`: the rules of the repository that the Conductor keeps. */
export const governanceSchema = z.strictObject({
  mode: z
    .enum(['repair', 'report'])
    .default('report')
    .describe('What happens to drift: it is put right, or an issue tells of it'),
  deletes: z
    .boolean()
    .default(false)
    .describe('Whether what is not declared here (rulesets, rules, environments, labels) is removed'),
  max_changes: z.int().min(1).max(500).default(20).describe('A plan with more changes is not applied'),
  rulesets: z.record(name, rulesetSchema).default({}),
  environments: z.record(name, environmentSchema).default({}),
  labels: z.record(name, labelSchema).default({}),
  codeowners: z
    .array(z.string().regex(/^\/?[^\s!#[\]]+$/, 'expected a path of the repository'))
    .default([
      '.github/release-conductor.yml',
      '.github/release-conductor/',
      '.github/workflows/',
      '.github/CODEOWNERS',
    ])
    .describe('Paths that must have a code owner: gates, policies and this file'),
});
export type GovernanceConfig = z.infer<typeof governanceSchema>;
