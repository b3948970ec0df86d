import { describe, expect, it } from 'vitest';
import type { ReleaseConfig } from '../../../core/config/schema.ts';
import { config, report } from '../support/facts.ts';
import { World, type WorldOptions } from './world.ts';

const toProduction = (world: World) =>
  world.deployments.filter(({ environment }) => environment === 'production');
const rollbacks = (world: World) => world.deployments.filter(({ task }) => task === 'rollback');

/** A release at its first canary step, with nobody typing by himself. */
async function atTen(options: WorldOptions = {}): Promise<World> {
  const world = new World({ promotes: false, ...options });
  await world.play((one) => one.state.phase === 'stage_verified');
  world.say('/promote 10');
  return world.play((one) => one.state.phase === 'soaking');
}

describe('scenario 12: without data nothing is promoted', () => {
  it.each<[string, WorldOptions, string | null]>([
    ['a provider that answers 500', { blind: (weight) => weight === 10 }, 'NO_DATA'],
    ['no request at all', { rps: 0 }, 'NO_DATA'],
    ['a handful of requests', { rps: 1 }, null],
  ])('%s', async (_name, options, hold) => {
    const world = await atTen(options);
    await world.play(() => false, 120);
    expect(world.state.hold?.code ?? null).toBe(hold);
    expect(world.state.measuring?.verdict).not.toBe('ready');
    world.say('/promote 50');
    await world.play(() => false, 140);
    expect(world.comments.at(-1)).toMatch(/RELEASE_HELD|NOT_READY/);
    expect(toProduction(world).map(({ payload }) => payload.weight)).toEqual([10]);
  });
});

describe('scenario 13: a breach at any step is followed by traffic back on the verified version', () => {
  /** Scrape intervals from the moment when half of the requests begin to fail. */
  async function timesAt(
    weight: number,
    rps: number,
    clusters: Partial<ReleaseConfig['canary']>,
  ): Promise<{ ordered: number; back: number; world: World }> {
    let brokenAt = Number.POSITIVE_INFINITY;
    const plan = { config: config(clusters) };
    const world = new World({ plan, rps, errorRate: () => (world.now >= brokenAt ? 0.5 : 0) });
    await world.play((one) => one.weight === weight && one.state.phase === 'soaking');
    brokenAt = world.now + 3_500;
    const { interval } = config().canary;
    await world.play((one) => rollbacks(one).length > 0);
    const ordered = Math.ceil((world.now - brokenAt) / interval);
    await world.play((one) => one.weight === 0);
    return { ordered, back: Math.ceil((world.now - brokenAt) / interval), world };
  }

  const declared = { error_cluster: 1 };

  // The same figures are in docs/release.md.
  it.each([
    [10, 200, 1, 'declared to be independent', declared],
    [50, 200, 1, 'declared to be independent', declared],
    [100, 200, 1, 'declared to be independent', declared],
    [10, 2_000, 1, 'declared to be independent', declared],
    [10, 50, 2, 'declared to be independent', declared],
    [10, 20, 5, 'declared to be independent', declared],
    [10, 2_000, 1, 'of which nothing is known', {}],
    [10, 200, 3, 'of which nothing is known', {}],
    [10, 20, 24, 'of which nothing is known', {}],
  ])(
    'with %i percent of %i requests a second, within %i scrape intervals, from errors %s',
    async (weight, rps, intervals, _what, clusters) => {
      const { ordered, back, world } = await timesAt(weight, rps, clusters);
      expect({ ordered, back }).toEqual({ ordered: intervals, back: intervals });
      await world.play((one) => one.state.phase === 'rolled_back');
      expect(world.weight).toBe(0);
      expect(rollbacks(world).map(({ payload }) => payload.version)).toEqual(['v1.0.0']);
    },
  );
});

describe('scenario 14: automatic, manual and requested rollback at once', () => {
  it('are one step to the last verified version, and a hold remains that says why', async () => {
    let broken = false;
    const world = await atTen({ errorRate: () => (broken ? 0.9 : 0) });
    broken = true;
    world.say('/rollback by hand', 'ada');
    // As the promotion API asks: without a comment.
    world.say('/rollback slo breach', 'grace', 'User', -42);
    await world.play((one) => one.state.phase === 'rolled_back', 200);
    await world.play(() => false, 260);
    expect(rollbacks(world)).toMatchObject([{ payload: { version: 'v1.0.0', weight: 100 } }]);
    expect(world.state.hold?.reason).toMatch(/rollback ordered|error/);
    expect([...world.effects.keys()].some((id) => id.startsWith('reaction/-42'))).toBe(false);
  });
});

describe('scenario 17: nothing goes back onto something worse', () => {
  it('a breach during the rollback changes nothing, and its failure escalates', async () => {
    const world = await new World({
      errorRate: () => 0.5,
      deploymentState: ({ task }) => (task === 'rollback' ? 'failure' : 'success'),
    }).play(() => false, 300);
    expect(rollbacks(world)).toHaveLength(1);
    expect(world.state).toMatchObject({ phase: 'rollback_failed', hold: { code: 'ROLLBACK_FAILED' } });
    expect(world.comments.filter((text) => text.includes('## Escalation Request'))).toHaveLength(1);
  });

  it('an unhealthy baseline holds the release and calls people', async () => {
    const world = await new World({ errorRate: () => 0.4, baselineErrorRate: 0.4 }).play(() => false, 90);
    expect(rollbacks(world)).toEqual([]);
    expect(world.state.hold?.code).toBe('BASELINE_UNHEALTHY');
    expect(world.comments.some((text) => text.includes('## Escalation Request'))).toBe(true);
  });
});

describe('advance per step', () => {
  it('takes the automatic steps by itself and waits for a person at the others', async () => {
    const plan = { config: config({ advance: ['auto', 'manual', 'auto'] }) };
    const world = await new World({ promotes: false, plan }).play(() => false, 200);
    expect(world.weight).toBe(10);
    world.say('/promote 50');
    await world.play();
    expect(world.state.phase).toBe('observing');
    expect(world.state.approvals.filter(({ decision }) => decision === 'allowed')).toMatchObject([
      { step: '10 %', actor: 'release-conductor[bot]' },
      { step: '50 %', actor: 'ada' },
      { step: '100 %', actor: 'release-conductor[bot]' },
    ]);
  });
});

describe('an automatic advance that is refused', () => {
  const asked = (world: World): number =>
    [...world.effects.keys()].filter((id) => id.startsWith('assess/auto')).length;

  it('is not asked for at every tick, but after pauses that grow', async () => {
    const plan = { config: config({ advance: 'auto' }, { promote_only_if: { clauses: ['perf-headroom'] } }) };
    const world = await new World({ plan, promotes: false }).play(() => false, 600);
    expect(world.state.phase).toBe('stage_verified');
    // At once, then after 1, 2, 4 and 5 minutes: four within ten minutes.
    expect(asked(world)).toBe(4);
  });

  it('is asked for again as soon as a gate has reported', async () => {
    const plan = { config: config({ advance: 'auto' }, { promote_only_if: { clauses: ['slo-burn'] } }) };
    const world = new World({ plan, promotes: false, sloBurn: 2 });
    await world.play((one) => one.state.advance.refused > 0);
    world.options = { ...world.options, sloBurn: 0 };
    const since = world.now;
    world.send({ type: 'gate.reported', report: report('slo', { runId: 99, finishedAt: world.now }) });
    await world.play((one) => one.state.step === 1);
    expect(world.now - since).toBeLessThan(1_000);
  });
});
