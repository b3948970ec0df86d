import { z } from 'zod';
import { commandNames } from '../commands/names.ts';
import { obligationsSchema } from '../config/permissions.ts';
import { promotionClauseSchema } from '../config/promote-only-if.ts';
import { gateNameSchema } from '../gate/names.ts';
import { verdictSchema } from '../gate/result.ts';

/** The one question that every promotion step asks: may this actor take this release to this step now? */
export const promotionInputSchema = z.strictObject({
  schema_version: z.literal(1),
  action: z.enum([...commandNames, 'auto-advance']),
  repository: z.string(),
  release: z.strictObject({
    tag: z.string(),
    sha: z.string(),
    tag_sha_now: z.string().nullable(),
    phase: z.string(),
    author: z.string().describe('who brought the commit here: pushed the tag, opened the pull request'),
  }),
  step: z.strictObject({
    environment: z.string(),
    current_weight: z.number(),
    target_weight: z.number().nullable(),
    steps: z.array(z.number()),
  }),
  gates: z.array(
    z.strictObject({
      gate: gateNameSchema,
      required: z.boolean(),
      verdict: verdictSchema.nullable().describe('null: no result for this commit'),
      age_ms: z.number().nullable(),
      sha: z.string().nullable(),
    }),
  ),
  max_gate_age_ms: z.number(),
  actor: z.strictObject({
    login: z.string(),
    type: z.enum(['User', 'Bot', 'App']),
    role: z.string().nullable().describe('role_name from the API; null when it could not be read'),
    teams: z.array(z.string()).describe('slugs of teams where the membership is active'),
    codeowner: z
      .boolean()
      .nullable()
      .describe('owns every owned file that was changed; null: not asked, or it could not be read'),
    policy: z
      .boolean()
      .nullable()
      .describe("answer of the repository's own rule; null: none is named, or it gave no answer"),
  }),
  permissions: z.strictObject({
    roles: z.array(z.string()),
    teams: z.array(z.string()),
    users: z.array(z.string()),
    codeowners: z.boolean(),
    policy: z.string().nullable().describe("rule of the repository's own policies that must be true too"),
    obligations: obligationsSchema,
  }),
  access: z.strictObject({
    reason: z.string().describe('reason for access; empty when none was given'),
    step_up: z
      .strictObject({ login: z.string(), at: z.number() })
      .nullable()
      .describe('the newest confirmation with a passkey, for exactly this command'),
    approvals: z
      .array(
        z.strictObject({ login: z.string(), at: z.number(), sha: z.string(), weight: z.number().nullable() }),
      )
      .describe('second persons'),
  }),
  exceptions: z.array(
    z.strictObject({
      id: z.string(),
      code: z.enum(['GATE_FAILED', 'GATE_STALE', 'GATE_MISSING']),
      gate: gateNameSchema,
      reason: z.string(),
      release: z.string(),
      sha: z.string(),
      from: z.number(),
      until: z.number(),
      requested_by: z.string(),
      approved_by: z.array(z.string()),
      break_glass: z.boolean().describe('somebody with the permission to override stands for it alone'),
    }),
  ),
  promote_only_if: z.strictObject({
    clauses: z.array(promotionClauseSchema).describe('what has to hold beside the gates'),
    min_headroom: z.number().describe('ratio'),
    max_drill_age_ms: z.number(),
  }),
  slo_burn: z.number().nullable().describe('objectives whose burn rules fire now; null: not known'),
  headroom: z.number().nullable().describe('ratio, lower bound; null: not known'),
  migration_cutover: z.enum(['ready', 'not-ready', 'unknown']),
  drill_age_ms: z.number().nullable().describe('of the newest passed recovery drill; null: not known'),
  provenance: z.enum(['verified', 'unverified', 'unknown']).describe('of SBOM and artifacts'),
  artifacts: z
    .array(
      z.strictObject({
        name: z.string(),
        digest: z.string().nullable().describe('of this moment; null: it could not be read'),
        state: z.enum(['verified', 'unverified', 'unknown']),
        code: z.string().nullable().describe('why it is not verified, e.g. IDENTITY_UNEXPECTED'),
        problem: z.string().nullable().describe('the same for people; names whose signature it is'),
        signers: z.array(z.string()).describe('who signed what was relied on'),
      }),
    )
    .describe('what the step would deploy, verified now; empty: the config names none'),
  preview_hygiene: z.enum(['clean', 'unclean', 'unknown']),
  hotfix: z.boolean().describe('the release runs in the hotfix lane'),
  window: z.strictObject({ open: z.boolean(), reason: z.string().nullable() }),
  lock: z.strictObject({
    state: z.enum(['free', 'held', 'unreadable']),
    owner: z.string().nullable(),
    reason: z.string().nullable(),
  }),
  unresolved: z
    .strictObject({ release: z.string(), reason: z.string() })
    .nullable()
    .describe('a failed release that nobody has resolved yet'),
  freeze: z.strictObject({ active: z.boolean(), reason: z.string().nullable() }),
  now: z.number().describe('ms since the epoch'),
});
export type PromotionInput = z.infer<typeof promotionInputSchema>;

export const policyReasonSchema = z.strictObject({
  code: z.string().describe('UPPER_SNAKE reason code, e.g. NOT_PERMITTED, HEAD_MOVED, GATE_STALE'),
  message: z.string(),
});

export const policyDecisionSchema = z.strictObject({
  allow: z.boolean(),
  reasons: z.array(policyReasonSchema).describe('every reason for a denial; empty when allowed'),
  obligations: z.array(z.strictObject({ code: z.string(), message: z.string() })),
  policy_sha256: z.string(),
});
export type PolicyDecision = z.infer<typeof policyDecisionSchema>;

/** Answers promotion questions. An engine error is a deny with a reason, never an exception. */
export interface PolicyEngine {
  decidePromotion(input: PromotionInput): PolicyDecision | Promise<PolicyDecision>;
  /** The policies themselves, from which every decision can be made again; absent where there are none to show. */
  readonly policies?: PolicyDocument;
}

/** Policies as evidence keeps them. */
export const policyDocumentSchema = z.strictObject({
  schema_version: z.literal(1),
  modules: z.array(z.strictObject({ file: z.string(), source: z.string() })),
  data: z.unknown(),
});

export interface PolicyDocument extends z.infer<typeof policyDocumentSchema> {
  /** As decisions name it. */
  readonly sha256: string;
}

/** Asks kept policies once more. Throws nothing: what cannot be evaluated is a denial. */
export type PolicyReplay = (document: z.infer<typeof policyDocumentSchema>) => {
  readonly sha256: string;
  readonly decide: (input: unknown) => PolicyDecision;
};

/** The decision together with what it was made from, as it travels back to the release machine. */
export interface PromotionAssessment {
  readonly input: PromotionInput;
  readonly inputSha256: string;
  readonly decision: PolicyDecision;
}
