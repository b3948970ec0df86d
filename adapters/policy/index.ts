import { createHash } from 'node:crypto';
import { canonicalJson } from '../../core/audit/canonical-json.ts';
import {
  type PolicyDecision,
  type PolicyEngine,
  type PromotionInput,
  promotionInputSchema,
} from '../../core/ports/policy-engine.ts';
import { isExcepted, obligationsOf } from './access.ts';
import { conditionRules } from './conditions.ts';
import { promotionRules as askedRules } from './rules.ts';

const promotionRules = [...askedRules, ...conditionRules];

/** Version of the typed rules; it changes whenever one of them does, and so does the digest in the evidence. */
const policyName = 'release-conductor/promotion@3';

/**
 * The promotion policy as typed functions. Deny by default: a request that is malformed, or whose action no rule
 * looks at, is denied, and an error in a rule is a denial with a reason. Every reason is reported.
 */
export function typedPolicyEngine(): PolicyEngine {
  const digest = sha256(canonicalJson({ policy: policyName, rules: promotionRules.map(({ name }) => name) }));
  return { decidePromotion: (input) => decide(input, digest) };
}

function decide(input: PromotionInput, digest: string): PolicyDecision {
  const answer = (
    reasons: PolicyDecision['reasons'],
    obligations: PolicyDecision['obligations'] = [],
  ): PolicyDecision => ({
    allow: reasons.length === 0,
    reasons,
    obligations,
    policy_sha256: digest,
  });
  const parsed = promotionInputSchema.safeParse(input);
  if (!parsed.success) {
    return answer([{ code: 'POLICY_INPUT_INVALID', message: 'the policy input is malformed' }]);
  }
  const applying = promotionRules.filter((rule) => rule.actions.includes(parsed.data.action));
  if (applying.length === 0) return answer([{ code: 'NO_RULE', message: `no rule allows ${input.action}` }]);
  try {
    const objections = applying.flatMap((rule) => [...rule.deny(parsed.data)]);
    return answer(
      objections.filter((objection) => !isExcepted(parsed.data, objection)),
      obligationsOf(parsed.data),
    );
  } catch {
    return answer([{ code: 'POLICY_ERROR', message: 'the policy could not be evaluated' }]);
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
