import { describe, expect, it } from 'vitest';
import { cutoverOf, newestPassedDrill, provenanceOf } from '../../../core/release/clauses.ts';
import type { Failure, LockNote } from '../../../core/release/hindrance.ts';
import { standingOf } from '../../../core/release/standing.ts';
import { config, report, start } from '../support/facts.ts';
import { World, type WorldOptions } from './world.ts';

/** The way of the releases in these tests. */
const way = '@production';

async function refusal(options: WorldOptions, release: object = {}, body = '/promote 10'): Promise<string> {
  const world = new World({ promotes: false, plan: { config: config({}, release) }, ...options });
  await world.play((one) => one.state.phase === 'stage_verified');
  const before = world.comments.length;
  world.say(body);
  await world.play((one) => one.comments.length > before, 800);
  return world.comments[before] ?? '';
}

const held: LockNote = {
  state: 'held',
  owner: 'grace',
  reason: 'load test',
  at: start,
  until: start + 3_600_000,
};
const failure: Failure = { reason: 'errors', at: start, resolvedBy: null };

describe('a promotion is refused', () => {
  it.each<[string, WorldOptions, object, string]>([
    ['while an SLO burns', { sloBurn: 1 }, { promote_only_if: { clauses: ['slo-burn'] } }, 'SLO_BURNING'],
    ['when the burn is not known', {}, { promote_only_if: { clauses: ['slo-burn'] } }, 'SLO_BURN_UNKNOWN'],
    [
      'when a clause is required that nobody can answer',
      {},
      { promote_only_if: { clauses: ['preview-hygiene'] } },
      'PREVIEWS_UNKNOWN',
    ],
    [
      'in a freeze',
      {},
      { freezes: [{ from: '2025-12-20T00:00:00Z', to: '2026-01-07T00:00:00Z', reason: 'year end' }] },
      'FREEZE',
    ],
    [
      'outside the windows',
      {},
      { windows: [{ days: ['mon'], from: '09:00', to: '16:00' }] },
      'OUTSIDE_WINDOW',
    ],
    [
      'while somebody else holds the lock, in whichever release',
      { others: [{ tag: 'v1.0.9', way, lock: held, failure: null }] },
      {},
      'ENVIRONMENT_LOCKED',
    ],
    [
      'while a failed release is not resolved',
      { others: [{ tag: 'v1.0.9', way, lock: null, failure }] },
      {},
      'FAILURE_UNRESOLVED',
    ],
  ])('%s', async (_name, options, release, code) => {
    expect(await refusal(options, release)).toContain(code);
  });

  it.each<[string, WorldOptions, object]>([
    ['when nothing burns', { sloBurn: 0 }, { promote_only_if: { clauses: ['slo-burn'] } }],
    [
      'when the failure is resolved',
      { others: [{ tag: 'v1.0.9', way, lock: null, failure: { ...failure, resolvedBy: 'ada' } }] },
      {},
    ],
    [
      'in the hotfix lane, outside the windows and with the failure open',
      { others: [{ tag: 'v1.0.9', way, lock: null, failure }] },
      { hotfix_tags: 'v1.1.*', windows: [{ days: ['mon'], from: '09:00', to: '16:00' }] },
    ],
    [
      'by the owner of the lock',
      { others: [{ tag: 'v1.0.9', way, lock: { ...held, owner: 'Ada' }, failure: null }] },
      {},
    ],
    [
      'when the lock has expired',
      { others: [{ tag: 'v1.0.9', way, lock: { ...held, until: start + 1 }, failure: null }] },
      {},
    ],
  ])('but not %s', async (_name, options, release) => {
    expect(await refusal(options, release)).toContain('Going to **10 %**');
  });
});

describe('a release that something outside of it blocks', () => {
  it('says so until the next step is allowed', async () => {
    const others = [
      { tag: 'v1.0.9', way, lock: null, failure: { reason: 'breach', at: start, resolvedBy: null } },
    ];
    const world = new World({ promotes: false, others });
    await world.play((one) => one.state.phase === 'stage_verified');
    world.say('/promote 10');
    await world.play((one) => one.status.includes('🚧 blocked'));
    expect(world.status).toContain('| blocked | FAILURE_UNRESOLVED: ');
    world.options = { promotes: false };
    world.say('/promote 10');
    await world.play((one) => one.state.phase === 'soaking');
    expect(world.status).not.toContain('blocked');
  });
});

describe('the lock of the environment', () => {
  it('is set with a life and a reason, keeps others out, and is taken off', async () => {
    const world = new World({ promotes: false });
    await world.play((one) => one.state.phase === 'stage_verified');
    const say = async (body: string, login: string): Promise<string> => {
      const before = world.comments.length;
      world.say(body, login);
      await world.play((one) => one.comments.length > before, 800);
      return world.comments[before] ?? '';
    };
    expect(await say('/lock 2h load test', 'grace')).toContain('Locked until');
    expect(world.state.lock).toMatchObject({ owner: 'grace', reason: 'load test' });
    expect((world.state.lock?.until ?? 0) - (world.state.lock?.at ?? 0)).toBe(7_200_000);
    expect(await say('/promote 10', 'ada')).toContain('ENVIRONMENT_LOCKED');
    expect(await say('/lock', 'ada')).toContain('ENVIRONMENT_LOCKED');
    expect(await say('/unlock', 'ada')).toContain('Unlocked');
    expect(await say('/unlock', 'ada')).toContain('NOT_LOCKED');
    expect(await say('/promote 10', 'ada')).toContain('10 %');
  });

  it('lives for `lock_ttl` at most', async () => {
    const world = new World({ promotes: false, plan: { config: config({}, { lock_ttl: '1h' }) } });
    await world.play((one) => one.state.phase === 'stage_verified');
    world.say('/lock 7d');
    await world.play((one) => one.state.lock !== null);
    expect((world.state.lock?.until ?? 0) - (world.state.lock?.at ?? 0)).toBe(3_600_000);
  });

  it('is what was said last, whichever release it was said in', () => {
    const free: LockNote = { ...held, state: 'free', at: start + 1 };
    const of = (...locks: LockNote[]): string =>
      standingOf(
        locks.map((lock, n) => ({ tag: `v${n}`, way, lock, failure: null })),
        'v0',
        start + 2,
      ).lock.state;
    expect(of(held, free)).toBe('free');
    expect(of(free, held)).toBe('free');
    expect(of({ ...free, at: start }, held)).toBe('held');
  });
});

describe('the facts behind the clauses', () => {
  it.each([
    ['no result', null, 'unknown'],
    ['a pass', report('migrations').result, 'ready'],
    ['a failure', report('migrations', { verdict: 'fail' }).result, 'not-ready'],
    ['nothing judged', report('migrations', { verdict: 'skipped' }).result, 'unknown'],
    [
      'a pass that says the cut-over is not ready',
      { ...report('migrations').result, measurements: { cutover_ready: false } },
      'not-ready',
    ],
  ] as const)('cut-over: %s', (_name, result, state) => {
    expect(cutoverOf(result)).toBe(state);
  });

  const checked = (verdict: 'pass' | 'fail' | 'inconclusive', trusted: boolean) => ({
    ...report('supply-chain', { verdict }).result,
    measurements: { provenance: { verdict, artifacts: [{ name: 'image', trusted }] } },
  });
  it.each([
    ['not checked', report('supply-chain').result, 'unknown'],
    ['trusted', checked('pass', true), 'verified'],
    ['not trusted', checked('fail', false), 'unverified'],
    ['a pass with an artifact that is not trusted', checked('pass', false), 'unverified'],
    ['inconclusive', checked('inconclusive', true), 'unknown'],
  ] as const)('provenance: %s', (_name, result, state) => {
    expect(provenanceOf(result)).toBe(state);
  });

  it('drills: the newest that passed', () => {
    const drill = (finished_at: string, result = 'pass'): string => JSON.stringify({ result, finished_at });
    const texts = [
      drill('2026-01-01T00:00:00Z'),
      drill('2026-03-01T00:00:00Z'),
      drill('2026-05-01T00:00:00Z', 'fail'),
    ];
    expect(newestPassedDrill([...texts, '{', ''])).toBe(Date.parse('2026-03-01T00:00:00Z'));
    expect(newestPassedDrill(['{}', drill('yesterday')])).toBeNull();
  });
});
