import {
  type PolicyDecision,
  type PolicyEngine,
  type PolicyReplay,
  type PromotionInput,
  policyDecisionSchema,
  promotionInputSchema,
} from '../../core/ports/policy-engine.ts';
import { compile, type Limits, type Policy } from '../../rego/index.ts';
import { type PolicyBundle, policyBundle, readPolicyBundle } from './policy-files.ts';

const entrypoint = 'data.release_conductor.promotion.decision';

/** Far above what a sound policy needs for one decision; a policy that needs more is refused, not waited for. */
const limits: Limits = { steps: 200_000, depth: 100, allocations: 2_000_000, milliseconds: 500 };

const answerSchema = policyDecisionSchema.omit({ policy_sha256: true });

/**
 * The promotion policy as Rego, compiled once. Whatever is not a clear permission is a denial with a reason:
 * malformed input, an undefined or malformed answer, an error or a used-up limit of the policy.
 *
 * @throws {RegoErrors} when the bundle does not compile: a broken policy shows when the process starts.
 */
export function regoPolicyEngine(bundle: PolicyBundle = readPolicyBundle()): PolicyEngine {
  const policy = compile(bundle.modules, { data: bundle.data });
  return {
    decidePromotion: (input) => ({ ...decide(policy, input), policy_sha256: bundle.sha256 }),
    policies: {
      schema_version: 1,
      modules: bundle.modules.map((module) => ({ ...module })),
      data: bundle.data,
      sha256: bundle.sha256,
    },
  };
}

/** Kept policies, asked once more: what they answered then, they answer now (`PolicyReplay`). */
export const replayPolicies: PolicyReplay = ({ modules, data }) => {
  const bundle = policyBundle(modules, data);
  let policy: Policy | null = null;
  try {
    policy = compile(bundle.modules, { data: bundle.data });
  } catch {
    // policies that do not compile allow nothing
  }
  return {
    sha256: bundle.sha256,
    decide: (input) => ({
      ...(policy === null
        ? denial('POLICY_ERROR', 'the kept policies do not compile')
        : decide(policy, input as PromotionInput)),
      policy_sha256: bundle.sha256,
    }),
  };
};

type Answer = Omit<PolicyDecision, 'policy_sha256'>;

function decide(policy: Policy, input: PromotionInput): Answer {
  const parsed = promotionInputSchema.safeParse(input);
  if (!parsed.success) return denial('POLICY_INPUT_INVALID', 'the policy input is malformed');
  const decision = policy.decide(entrypoint, parsed.data, answerSchema, { now: parsed.data.now, limits });
  switch (decision.kind) {
    case 'decided':
      return consistent(decision.value);
    case 'undefined':
      return denial('POLICY_UNDEFINED', 'the policy did not decide');
    case 'invalid':
      return denial('POLICY_ANSWER_INVALID', 'the answer of the policy is malformed');
    case 'failed':
      return denial('POLICY_ERROR', `the policy could not be evaluated: ${decision.error.code}`);
  }
}

/** A policy that allows and objects at once denies; one that denies without a reason gets one. */
function consistent(answer: Answer): Answer {
  if (answer.allow && answer.reasons.length > 0) return { ...answer, allow: false };
  if (!answer.allow && answer.reasons.length === 0)
    return denial('POLICY_DENIED', 'the policy denies and gives no reason');
  return answer;
}

function denial(code: string, message: string): Answer {
  return { allow: false, reasons: [{ code, message }], obligations: [] };
}
