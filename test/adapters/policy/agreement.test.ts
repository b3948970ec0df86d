import { describe, expect, it } from 'vitest';
import { typedPolicyEngine } from '../../../adapters/policy/index.ts';
import { policyBundle, readPolicyBundle } from '../../../adapters/policy/policy-files.ts';
import { regoPolicyEngine } from '../../../adapters/policy/rego-engine.ts';
import { commandNames } from '../../../core/commands/names.ts';
import { promotionClauses } from '../../../core/config/promote-only-if.ts';
import { ladderOf } from '../../../core/config/waves.ts';
import type { PolicyDecision, PromotionInput } from '../../../core/ports/policy-engine.ts';
import { factsFor } from '../../../core/release/assess.ts';
import { unknownRelease } from '../../../core/release/state.ts';
import { config, planFacts } from '../../core/support/facts.ts';
import fc from '../../support/fast-check.ts';

const shas = ['a', 'b'].map((letter) => letter.repeat(40)) as [string, string];
const sha = fc.constantFrom(...shas);
const weights = [0, 5, 10, 25, 50, 100];
const weight = fc.constantFrom(...weights);
const login = fc.constantFrom('ada', 'Ada', 'grace', 'conductor[bot]');
const team = fc.constantFrom('sre', 'acme/sre', '@acme/SRE', 'web');
const role = fc.constantFrom('read', 'triage', 'write', 'maintain', 'admin', 'deployer');
const minute = 60_000;
const now = 1_790_000_000_000;

const gate = fc.record({
  gate: fc.constantFrom('slo' as const, 'perf' as const, 'supply-chain' as const, 'migrations' as const),
  required: fc.boolean(),
  verdict: fc.constantFrom(
    'pass' as const,
    'warn' as const,
    'fail' as const,
    'inconclusive' as const,
    'skipped' as const,
    null,
  ),
  age_ms: fc.option(fc.integer({ min: -6 * minute, max: 120 * minute }), { nil: null }),
  sha: fc.option(sha, { nil: null }),
});

const inputs: fc.Arbitrary<PromotionInput> = fc.record({
  schema_version: fc.constant(1 as const),
  action: fc.constantFrom(...commandNames, 'promote', 'promote', 'auto-advance'),
  repository: fc.constant('acme/shop'),
  release: fc.record({
    tag: fc.constant('v1.0.0'),
    sha,
    tag_sha_now: fc.option(sha, { nil: null }),
    phase: fc.constant('canary'),
    author: fc.constantFrom('linus', 'Grace'),
  }),
  step: fc.record({
    environment: fc.constant('production'),
    current_weight: weight,
    target_weight: fc.option(weight, { nil: null }),
    steps: fc.subarray(weights, { minLength: 0 }),
  }),
  gates: fc.array(gate, { maxLength: 4 }),
  max_gate_age_ms: fc.integer({ min: 0, max: 120 * minute }),
  actor: fc.record({
    login,
    type: fc.constantFrom('User', 'Bot', 'App'),
    role: fc.option(role, { nil: null }),
    teams: fc.array(team, { maxLength: 2 }),
    codeowner: fc.constantFrom(true, false, null),
    policy: fc.constantFrom(true, false, null),
  }),
  permissions: fc.record({
    roles: fc.array(role, { maxLength: 3 }),
    teams: fc.array(team, { maxLength: 2 }),
    users: fc.array(fc.oneof(login, fc.constant('@GRACE')), { maxLength: 2 }),
    codeowners: fc.boolean(),
    policy: fc.constantFrom(null, null, 'data.shop.may'),
    obligations: fc.record(
      {
        reason: fc.record({ from_weight: weight }),
        second_approver: fc.record({ from_weight: weight, within: fc.constant(60 * minute) }),
        step_up: fc.record({ from_weight: weight, within: fc.constant(15 * minute) }),
      },
      { requiredKeys: [] },
    ),
  }),
  access: fc.record({
    reason: fc.constantFrom('', '   because  ', 'the canary is healthy'),
    step_up: fc.option(
      fc.record({ login, at: fc.constantFrom(now, now + 1, now - 15 * minute, now - 15 * minute - 1) }),
      { nil: null },
    ),
    approvals: fc.array(
      fc.record({
        login: fc.oneof(login, fc.constant('linus')),
        at: fc.constant(now),
        sha,
        weight: fc.option(weight, { nil: null }),
      }),
      { maxLength: 2 },
    ),
  }),
  exceptions: fc.array(
    fc.record({
      id: fc.constantFrom('override/1', ' '),
      code: fc.constantFrom('GATE_FAILED' as const, 'GATE_STALE' as const, 'GATE_MISSING' as const),
      gate: fc.constantFrom('slo' as const, 'perf' as const),
      reason: fc.constantFrom('the load generator is down', 'because'),
      release: fc.constantFrom('v1.0.0', 'v1.0.0', 'v0.9.0'),
      sha,
      from: fc.constantFrom(now - minute, now, now + 1),
      until: fc.constantFrom(now, now + 1, now + 604_800_000),
      requested_by: login,
      approved_by: fc.array(login, { maxLength: 2 }),
      break_glass: fc.boolean(),
    }),
    { maxLength: 2 },
  ),
  promote_only_if: fc.record({
    clauses: fc.subarray([...promotionClauses], { minLength: 0, maxLength: 2 }),
    min_headroom: fc.constant(0.2),
    max_drill_age_ms: fc.constant(60 * minute),
  }),
  slo_burn: fc.constantFrom(0, 0, 2, null),
  headroom: fc.constantFrom(0.1, 0.2, 0.3, null),
  migration_cutover: fc.constantFrom('ready', 'ready', 'not-ready', 'unknown'),
  drill_age_ms: fc.constantFrom(-1, 0, 60 * minute, 60 * minute + 1, null),
  provenance: fc.constantFrom('verified', 'verified', 'unverified', 'unknown'),
  artifacts: fc.array(
    fc.record({
      name: fc.constant('shop'),
      digest: fc.constant(null),
      state: fc.constantFrom('verified', 'verified', 'verified', 'unverified', 'unknown'),
      code: fc.constantFrom('SUBJECT_MISMATCH', null),
      problem: fc.constantFrom('signed by mallory', null),
      signers: fc.constant([]),
    }),
    { maxLength: 2 },
  ),
  preview_hygiene: fc.constantFrom('clean', 'clean', 'unclean', 'unknown'),
  hotfix: fc.boolean(),
  window: fc.constantFrom(
    { open: true, reason: null },
    { open: true, reason: null },
    { open: false, reason: 'mon' },
  ),
  lock: fc.record({
    state: fc.constantFrom('free', 'free', 'free', 'held', 'unreadable'),
    owner: fc.option(login, { nil: null }),
    reason: fc.constant(null),
  }),
  unresolved: fc.constantFrom(null, null, { release: 'v0.9.0', reason: 'errors' }),
  freeze: fc.record({ active: fc.boolean(), reason: fc.option(fc.string(), { nil: null }) }),
  now: fc.constant(now),
});

const typed = typedPolicyEngine();
const rego = regoPolicyEngine();
const codes = ({ reasons }: PolicyDecision): readonly string[] =>
  [...new Set(reasons.map(({ code }) => code))].sort();

const essence = (decision: PolicyDecision) => ({
  allow: decision.allow,
  codes: codes(decision),
  obligations: decision.obligations.map(({ code }) => code).sort(),
});

describe('the promotion policy in Rego and its typed twin', () => {
  it('give the same answer, the same reason codes and obligations to any question', async () => {
    await fc.assert(
      fc.asyncProperty(inputs, async (input) => {
        const [a, b] = await Promise.all([typed.decidePromotion(input), rego.decidePromotion(input)]);
        expect(essence(b)).toEqual(essence(a));
      }),
      { numRuns: Number(process.env.RC_RUNS ?? 2000) },
    );
  });

  it('both allow some of these questions, so that agreement means something', async () => {
    const sample = fc.sample(inputs, { numRuns: 2000, seed: 7 });
    const allowed = await Promise.all(sample.map((input) => rego.decidePromotion(input)));
    expect(allowed.filter(({ allow }) => allow).length).toBeGreaterThan(20);
  });
});

describe('a step of one of several production environments', () => {
  const settings = config(
    {},
    { production_environment: 'eu', waves: [{ environment: 'us', steps: [50, 100] }] },
  );
  const ladder = ladderOf(settings);

  /** What is asked of `/promote target` when this step of the ladder was reached. */
  function stepInput(step: number, target: number): PromotionInput['step'] {
    const weight = ladder[step - 1]?.weight ?? 0;
    const state = { ...unknownRelease, plan: planFacts({ config: settings }), step, weight };
    const facts = factsFor(state, { name: 'promote', weight: target, sha: null }, now);
    return {
      environment: facts.environment,
      current_weight: facts.currentWeight,
      target_weight: facts.targetWeight,
      steps: [...facts.steps],
    };
  }

  it.each([
    [0, 'eu', { 10: '', 50: 'STEP_SKIPPED', 100: 'STEP_SKIPPED' }],
    [1, 'eu', { 10: 'STEP_ALREADY_REACHED', 50: '', 100: 'STEP_SKIPPED' }],
    [2, 'eu', { 10: 'STEP_ALREADY_REACHED', 50: 'STEP_ALREADY_REACHED', 100: '' }],
    [3, 'us', { 10: 'UNKNOWN_STEP', 50: '', 100: 'STEP_SKIPPED' }],
    [4, 'us', { 10: 'STEP_ALREADY_REACHED', 50: 'STEP_ALREADY_REACHED', 100: '' }],
  ])('after step %i is decided in %s, by both alike', async (step, environment, expected) => {
    const asked = fc
      .sample(inputs, { numRuns: 20_000, seed: 7 })
      .filter(({ action }) => action === 'promote');
    const first = await Promise.all(
      asked.map((input) => typed.decidePromotion({ ...input, step: stepInput(0, 10) })),
    );
    const allowed = asked[first.findIndex(({ allow, obligations }) => allow && obligations.length === 0)];
    if (allowed === undefined) throw new Error('no question of the sample is allowed');
    const free = { ...allowed, permissions: { ...allowed.permissions, obligations: {} } };
    for (const [target, code] of Object.entries(expected)) {
      const input = { ...free, step: stepInput(step, Number(target)) };
      expect(input.step.environment).toBe(environment);
      const wanted = code === '' ? [] : [code];
      for (const engine of [typed, rego]) expect(codes(await engine.decidePromotion(input))).toEqual(wanted);
    }
  });
});

const anything = fc.sample(inputs, { numRuns: 1, seed: 1 })[0] as PromotionInput;
const withPolicy = (source: string): Promise<PolicyDecision> | PolicyDecision =>
  regoPolicyEngine(
    policyBundle([{ file: 'x.rego', source: `package release_conductor.promotion\n${source}` }]),
  ).decidePromotion(anything);

describe('the Rego engine denies whatever is not a clear permission', () => {
  it.each([
    ['an undefined decision', 'decision := 1 if false', 'POLICY_UNDEFINED'],
    ['an answer of another shape', 'decision := true', 'POLICY_ANSWER_INVALID'],
    [
      'an answer with further fields',
      'decision := {"allow": true, "reasons": [], "obligations": [], "x": 1}',
      'POLICY_ANSWER_INVALID',
    ],
    ['a conflict in the policy', 'decision := [1, 2][_]', 'POLICY_ERROR'],
    [
      'a policy that runs away',
      'decision := count([1 | numbers.range(1, 100000)[_]; numbers.range(1, 100000)[_]])',
      'POLICY_ERROR',
    ],
    [
      'a denial without a reason',
      'decision := {"allow": false, "reasons": [], "obligations": []}',
      'POLICY_DENIED',
    ],
  ])('%s', async (_name, source, code) => {
    const decision = await withPolicy(source);
    expect(decision.allow).toBe(false);
    expect(codes(decision)).toEqual([code]);
  });

  it('a permission that comes with an objection', async () => {
    const reason = '{"code": "X", "message": "no"}';
    const decision = await withPolicy(
      `decision := {"allow": true, "reasons": [${reason}], "obligations": []}`,
    );
    expect(decision.allow).toBe(false);
  });

  it('malformed input', async () => {
    const decision = await rego.decidePromotion({
      ...anything,
      actor: undefined,
    } as unknown as PromotionInput);
    expect(codes(decision)).toEqual(['POLICY_INPUT_INVALID']);
  });

  it('names its policies by a digest that changes with them', () => {
    const bundle = readPolicyBundle();
    expect(bundle.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(policyBundle(bundle.modules, { other: true }).sha256).not.toBe(bundle.sha256);
    expect(policyBundle(bundle.modules.slice(1)).sha256).not.toBe(bundle.sha256);
  });
});
