import { describe, expect, it } from 'vitest';
import { typedPolicyEngine } from '../../../adapters/policy/index.ts';
import type { PromotionInput } from '../../../core/ports/policy-engine.ts';

const sha = 'a'.repeat(40);
const hour = 3_600_000;

const good: PromotionInput = {
  schema_version: 1,
  action: 'promote',
  repository: 'acme/shop',
  release: { tag: 'v1.1.0', sha, tag_sha_now: sha, phase: 'stage_verified', author: 'linus' },
  step: { environment: 'production', current_weight: 0, target_weight: 10, steps: [10, 50, 100] },
  gates: [{ gate: 'slo', required: true, verdict: 'pass', age_ms: hour, sha }],
  max_gate_age_ms: 24 * hour,
  actor: { login: 'ada', type: 'User', role: 'maintain', teams: [], codeowner: null, policy: null },
  permissions: {
    roles: ['maintain', 'admin'],
    teams: ['sre'],
    users: ['grace'],
    codeowners: false,
    policy: null,
    obligations: {},
  },
  access: { reason: '', step_up: null, approvals: [] },
  exceptions: [],
  promote_only_if: { clauses: [], min_headroom: 0.2, max_drill_age_ms: 1_000 },
  slo_burn: null,
  headroom: null,
  migration_cutover: 'unknown',
  drill_age_ms: null,
  provenance: 'unknown',
  artifacts: [],
  preview_hygiene: 'unknown',
  hotfix: false,
  window: { open: true, reason: null },
  lock: { state: 'free', owner: null, reason: null },
  unresolved: null,
  freeze: { active: false, reason: null },
  now: 1_000,
};

type Change = { [Key in keyof PromotionInput]?: Partial<PromotionInput[Key]> | PromotionInput[Key] };

function input(change: Change): PromotionInput {
  const merged = Object.entries(change).map(([key, value]) => {
    const before = good[key as keyof PromotionInput];
    const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
    return [key, isRecord ? { ...(before as object), ...value } : value];
  });
  return { ...good, ...Object.fromEntries(merged) };
}

async function codes(change: Change): Promise<readonly string[]> {
  const decision = await typedPolicyEngine().decidePromotion(input(change));
  expect(decision.allow).toBe(decision.reasons.length === 0);
  return decision.reasons.map(({ code }) => code);
}

const gate = good.gates[0] as PromotionInput['gates'][number];
const weak = { role: 'read' };
const red = [{ ...gate, verdict: 'fail' as const }];
const freeze = { active: true, reason: 'black friday' };

describe('a promotion', () => {
  it.each<[string, Change, readonly string[]]>([
    ['by a maintainer', {}, []],
    ['by an admin', { actor: { role: 'admin' } }, []],
    ['by a reader', { actor: weak }, ['NOT_PERMITTED']],
    ['by a triager', { actor: { role: 'triage' } }, ['NOT_PERMITTED']],
    ['by a writer', { actor: { role: 'write' } }, ['NOT_PERMITTED']],
    ['by a custom role', { actor: { role: 'release-manager' } }, ['NOT_PERMITTED']],
    ['by a custom role that is named', { actor: { role: 'rm' }, permissions: { roles: ['rm'] } }, []],
    ['by somebody whose role could not be read', { actor: { role: null } }, ['ROLE_UNKNOWN']],
    ['by a named user who is no collaborator', { actor: { login: 'grace', role: null } }, ['ROLE_UNKNOWN']],
    ['by a named user', { actor: { login: 'Grace', role: 'read' } }, []],
    ['by an active team member', { actor: { role: 'read', teams: ['sre'] } }, []],
    ['by a member of another team', { actor: { role: 'read', teams: ['sre-interns'] } }, ['NOT_PERMITTED']],
    ['by a bot', { actor: { type: 'Bot', login: 'x[bot]', role: 'admin' } }, ['BOT_NOT_PERMITTED']],
    ['by an app', { actor: { type: 'App', role: 'admin' } }, ['BOT_NOT_PERMITTED']],
    ['by a user with a bot’s name', { actor: { login: 'x[bot]', role: 'admin' } }, ['BOT_NOT_PERMITTED']],
    ['of a moved tag', { release: { tag_sha_now: 'b'.repeat(40) } }, ['HEAD_MOVED']],
    ['of a deleted tag', { release: { tag_sha_now: null } }, ['TAG_UNKNOWN']],
    ['that skips a step', { step: { target_weight: 50 } }, ['STEP_SKIPPED']],
    ['from 10 to 100', { step: { current_weight: 10, target_weight: 100 } }, ['STEP_SKIPPED']],
    ['to the same step', { step: { current_weight: 10, target_weight: 10 } }, ['STEP_ALREADY_REACHED']],
    ['backwards', { step: { current_weight: 50, target_weight: 10 } }, ['STEP_ALREADY_REACHED']],
    ['to no step', { step: { target_weight: 5 } }, ['UNKNOWN_STEP']],
    ['beyond the last', { step: { current_weight: 100, target_weight: 100 } }, ['NO_FURTHER_STEP']],
    ['to nothing', { step: { target_weight: null } }, ['NO_FURTHER_STEP']],
    ['with a warning', { gates: [{ ...gate, verdict: 'warn' }] }, []],
    ['with a red gate', { gates: red }, ['GATE_FAILED']],
    ['with a skipped gate', { gates: [{ ...gate, verdict: 'skipped' }] }, ['GATE_FAILED']],
    ['with an inconclusive gate', { gates: [{ ...gate, verdict: 'inconclusive' }] }, ['GATE_FAILED']],
    ['with a red gate that is not required', { gates: [{ ...gate, verdict: 'fail', required: false }] }, []],
    ['without a result', { gates: [{ ...gate, verdict: null, age_ms: null, sha: null }] }, ['GATE_MISSING']],
    ['with a stale result', { gates: [{ ...gate, age_ms: 25 * hour }] }, ['GATE_STALE']],
    ['with a result of the future', { gates: [{ ...gate, age_ms: -hour }] }, ['GATE_STALE']],
    ['with a result of another commit', { gates: [{ ...gate, sha: 'b'.repeat(40) }] }, ['GATE_OTHER_COMMIT']],
    ['in a freeze', { freeze }, ['FREEZE']],
  ])('%s: %j', async (_name, change, expected) => {
    expect(await codes(change)).toEqual(expected);
  });

  it('is told every reason at once', async () => {
    expect(
      await codes({
        actor: weak,
        release: { tag_sha_now: null },
        step: { target_weight: 100 },
        gates: red,
        freeze,
      }),
    ).toEqual(['NOT_PERMITTED', 'TAG_UNKNOWN', 'STEP_SKIPPED', 'GATE_FAILED', 'FREEZE']);
  });
});

describe('reversing and stopping', () => {
  it.each(['rollback', 'hold', 'resume'] as const)(
    '%s ignores gates, tags and freezes, but not permission',
    async (action) => {
      const change: Change = {
        action,
        gates: red,
        freeze,
        release: { tag_sha_now: null },
        step: { target_weight: 0 },
      };
      expect(await codes(change)).toEqual([]);
      expect(await codes({ ...change, actor: weak })).toEqual(['NOT_PERMITTED']);
      expect(await codes({ ...change, actor: { type: 'Bot', role: 'admin' } })).toEqual([
        'BOT_NOT_PERMITTED',
      ]);
    },
  );
});

describe('advancing by itself', () => {
  const auto: Change = {
    action: 'auto-advance',
    actor: { login: 'release-conductor[bot]', type: 'App', role: null },
  };
  it('needs no role, but everything else', async () => {
    expect(await codes(auto)).toEqual([]);
    expect(await codes({ ...auto, gates: red })).toEqual(['GATE_FAILED']);
    expect(await codes({ ...auto, actor: { login: 'ada', type: 'User', role: 'admin' } })).toEqual([
      'BOT_NOT_PERMITTED',
    ]);
  });
});

describe('the engine', () => {
  it('denies what is malformed instead of failing', async () => {
    for (const broken of [null, {}, { ...good, actor: null }, { ...good, action: 'destroy' }]) {
      const decision = await typedPolicyEngine().decidePromotion(broken as unknown as PromotionInput);
      expect(decision).toMatchObject({ allow: false, reasons: [{ code: 'POLICY_INPUT_INVALID' }] });
    }
  });

  it('names its rules by one digest', async () => {
    const first = await typedPolicyEngine().decidePromotion(good);
    const other = await typedPolicyEngine().decidePromotion(input({ now: 2_000 }));
    expect(first.policy_sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(other.policy_sha256).toBe(first.policy_sha256);
  });
});
