import type { PromotionInput } from '../../core/ports/policy-engine.ts';
import type { PolicySource } from '../../core/ports/repository-policies.ts';
import { compile, type Limits } from '../../rego/index.ts';

const limits: Limits = { steps: 500_000, depth: 100, allocations: 5_000_000, milliseconds: 1_000 };

/**
 * Whether a rule of the repository's own policies is true of a request; null when there is no such rule, it does not
 * compile, or it gives another answer than true or false.
 *
 * @param rule its whole path: `data.shop.release.may`.
 */
export function askRule(
  sources: readonly PolicySource[],
  rule: string,
  input: PromotionInput,
): boolean | null {
  try {
    const policy = compile(
      sources
        .filter(({ path }) => !path.endsWith('_test.rego'))
        .map(({ path, text }) => ({ file: path, source: text })),
    );
    const path = rule.replace(/^data\./, '').replaceAll('.', '/');
    const answer = policy.evaluate(path, { input, now: input.now, limits, strictBuiltinErrors: true });
    return typeof answer === 'boolean' ? answer : null;
  } catch {
    return null;
  }
}
