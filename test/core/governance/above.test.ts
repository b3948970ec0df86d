import { describe, expect, it } from 'vitest';
import { governanceSchema } from '../../../core/config/governance.ts';
import {
  type InheritedRuleset,
  isEnforcedBy,
  nothingAbove,
  tellAbove,
} from '../../../core/governance/above.ts';
import { desiredSettings } from '../../../core/governance/desired.ts';
import { planGovernance } from '../../../core/governance/plan.ts';
import { renderPlan } from '../../../core/governance/render.ts';
import type { RulesetSetting } from '../../../core/governance/settings.ts';

const config = governanceSchema.parse({
  codeowners: [],
  rulesets: {
    main: { pull_request: { approvals: 1 }, required_checks: { gates: ['policy'] }, block: ['deletion'] },
  },
});
const [main] = desiredSettings(config, 'conductor').rulesets as [RulesetSetting];
const same: InheritedRuleset = { ...main, source: 'acme', bypass: null };

/** With other parameters in the rule of this type. */
function withRule(type: string, parameters: object): Partial<InheritedRuleset> {
  const rules = main.rules.map((rule) =>
    rule.type === type ? { type, parameters: { ...rule.parameters, ...parameters } } : rule,
  );
  return { rules };
}

describe('a ruleset of the organisation asks for all that a declared one does', () => {
  const check = (app: string | null) => ({ context: 'policy-ci', app });
  it.each<[string, Partial<InheritedRuleset>, boolean]>([
    ['when it is the same', {}, true],
    ['when it is over every ref', { include: ['~ALL'] }, true],
    [
      'when it has rules and checks beside',
      { rules: [...main.rules, { type: 'update', parameters: {} }] },
      true,
    ],
    ['when it wants more approvals', withRule('pull_request', { required_approving_review_count: 3 }), true],
    ['not when it is switched off', { enforcement: 'disabled' }, false],
    ['not when it only watches', { enforcement: 'evaluate' }, false],
    ['not when it is over tags', { target: 'tag' }, false],
    ['not when it is over another branch', { include: ['refs/heads/next'] }, false],
    ['not when it leaves something out', { exclude: ['refs/heads/main'] }, false],
    ['not when a rule is missing', { rules: main.rules.slice(1) }, false],
    [
      'not when it wants fewer approvals',
      withRule('pull_request', { required_approving_review_count: 0 }),
      false,
    ],
    ['not when owners are not asked', withRule('pull_request', { require_code_owner_review: false }), false],
    [
      'not when anybody sets the check',
      withRule('required_status_checks', { required_status_checks: [check(null)] }),
      false,
    ],
    [
      'not when another app sets it',
      withRule('required_status_checks', { required_status_checks: [check('x')] }),
      false,
    ],
    [
      'not when it asks for no check',
      withRule('required_status_checks', { required_status_checks: undefined }),
      false,
    ],
  ])('%s', (_, change, expected) => {
    expect(isEnforcedBy(main, { ...same, ...change })).toBe(expected);
  });
});

it('a plan tells of it, escaped, and is the same plan with or without', () => {
  const live = { rulesets: [], environments: [], labels: [] };
  const rulesets = [
    { ...same, name: 'x|<b>@org/team' },
    { ...same, enforcement: 'evaluate' as const },
  ];
  const plan = planGovernance(config, live, 'conductor', { above: { ...nothingAbove, rulesets } });
  expect(plan.above).toEqual([
    'ruleset x|<b>@org/team of acme: asks for all that main declares',
    'ruleset main of acme (evaluate): not the one of that name that is declared here, which stands beside it',
  ]);
  expect(renderPlan(plan)).toContain('Also in force, and never written here');
  expect(renderPlan(plan)).not.toContain('<b>@org');
  expect(plan.hash).toBe(planGovernance(config, live, 'conductor').hash);
  expect(tellAbove(nothingAbove, [main])).toEqual([]);
});
