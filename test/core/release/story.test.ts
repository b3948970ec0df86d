import { describe, expect, it } from 'vitest';
import fc from '../../support/fast-check.ts';
import { seeded } from '../canary/simulate.ts';
import { config } from '../support/facts.ts';
import { World, type WorldOptions } from './world.ts';

const weights = (world: World): readonly string[] =>
  world.deployments.map(
    ({ task, environment, payload }) => `${task} ${environment} ${payload.version} ${payload.weight}`,
  );

const wholeWay = [
  'promote stage v1.1.0 100',
  'promote production v1.1.0 10',
  'promote production v1.1.0 50',
  'promote production v1.1.0 100',
];

describe('a release from tag to GA', () => {
  it('goes stage, 10, 50, 100, packs, attaches, publishes, and says so in the seed’s words', async () => {
    const world = await new World().play();
    expect(world.state.phase).toBe('observing');
    expect(weights(world)).toEqual(wholeWay);
    expect(world.comments[0]).toBe(
      'Cutting `v1.1.0` — stage canary starting. Gates: SLO/Perf/SupplyChain/Migrations/Policy. Evidence will attach on promote. On-call: @acme/sre.',
    );
    expect(world.comments.at(-1)).toBe(
      '`v1.1.0` promoted to 100%. GA flags flipped: search, reports. Evidence bundle attached; +24h KPI compare scheduled.',
    );
    const order = [...world.effects.keys()].filter((id) => /^(pack|attach|publish|ga)/.test(id));
    expect(order).toEqual(['pack/1', 'attach/1', 'publish/1', 'ga']);
    expect(world.state.status.waiting).toBeNull();
    expect(world.effects.get(`status/${world.state.status.n}`)?.effect).toMatchObject({ state: 'open' });
  });

  it('is observed for a day after GA, and its issue is closed at the end of it', async () => {
    const world = await new World().play(() => false, 100_000);
    expect(world.phasesSeen.slice(-3)).toEqual(['finishing', 'observing', 'closed']);
    expect(world.timeOf(`status/${world.state.status.n}`) - world.timeOf('ga')).toBe(86_400_000);
    expect(world.effects.get(`status/${world.state.status.n}`)?.effect).toMatchObject({ state: 'closed' });
  });

  it('publishes only after the soak at 100 %', async () => {
    const world = await new World().play();
    const at = (id: string): number => world.timeOf(id);
    expect(at('pack/1') - at('deploy/4')).toBeGreaterThanOrEqual(20_000);
  });

  it('advances by itself when the config says so, through the same assessment', async () => {
    const plan = { config: config({ advance: 'auto' }) };
    const world = await new World({ plan, promotes: false }).play();
    expect(world.state.phase).toBe('observing');
    expect(weights(world)).toEqual(wholeWay);
    expect(world.state.approvals.map(({ actor, decision }) => `${actor} ${decision}`)).toEqual([
      'release-conductor[bot] allowed',
      'release-conductor[bot] allowed',
      'release-conductor[bot] allowed',
    ]);
  });

  it('says by what the stage was verified', async () => {
    const idle = await new World().play((world) => world.state.phase === 'stage_verified');
    expect(idle.state.stageVerifiedBy).toBe('deployment and gates');
    const busy = await new World({ stageHasTraffic: true }).play(
      (world) => world.state.phase === 'stage_verified',
    );
    expect(busy.state.stageVerifiedBy).toBe('metrics');
  });
});

describe('a release whose version is bad', () => {
  it('is rolled back hands-free at 10 %, with the seed’s words, an incident and a hold', async () => {
    const world = await new World({ errorRate: () => 0.15 }).play();
    expect(world.state.phase).toBe('rolled_back');
    expect(weights(world)).toEqual([...wholeWay.slice(0, 2), 'rollback production v1.0.0 100']);
    expect(world.comments.find((text) => text.startsWith('Canary breach'))).toMatch(
      /^Canary breach at \*\*10%\*\* — auto-rollback triggered\. Cause: error rate .+\. Evidence \+ traces attached\. Investigating\.$/,
    );
    expect(world.issues.at(-1)).toMatchObject({ labels: ['incident'] });
    expect(world.issues.at(-1)?.body).toContain('https://example.com/runbook');
    expect(world.state.hold?.code).toBe('CANARY_BREACH');
    expect(world.state.weight).toBe(0);
    expect(world.effects.has('attach/1')).toBe(true);
    expect(world.effects.has('publish/1')).toBe(false);
  });

  it('is rolled back while it waits for a human at 50 %', async () => {
    let broken = false;
    const errorRate = (): number => (broken ? 0.2 : 0.001);
    const world = new World({ errorRate, baselineErrorRate: 0.001 });
    await world.play(() => world.state.counters['ready-2'] !== undefined && world.dropCommands());
    broken = true;
    const since = world.now;
    await world.play((one) => one.state.phase === 'rolling_back');
    expect(world.state.phase).toBe('rolling_back');
    expect(world.now - since).toBeLessThanOrEqual(10_000);
  });

  it('is rolled back when it breaks at 100 %, where nothing is left to compare with', async () => {
    const world = await new World({ errorRate: (weight) => (weight === 100 ? 0.2 : 0) }).play();
    expect(world.state.phase).toBe('rolled_back');
    expect(world.effects.has('publish/1')).toBe(false);
  });

  it('is rolled back when a deployment fails', async () => {
    const deploymentState = (_effect: unknown, n: number) => (n === 3 ? 'failure' : 'success');
    const world = await new World({ deploymentState }).play();
    expect(world.state.phase).toBe('rolled_back');
    expect(world.state.hold).toMatchObject({ code: 'DEPLOYMENT_FAILED' });
    expect(world.comments.some((text) => text.includes('health check failed'))).toBe(true);
  });

  it('is held, not rolled back, when the baseline is as bad', async () => {
    const world = await new World({ errorRate: () => 0.2, baselineErrorRate: 0.2 }).play(() => false, 60);
    expect(world.state.hold?.code).toBe('BASELINE_UNHEALTHY');
    expect(world.state.phase).toBe('soaking');
    expect(world.deployments.some(({ task }) => task === 'rollback')).toBe(false);
  });

  it('is held and people are called when there is no verified version', async () => {
    const world = await new World({ plan: { previous: null }, errorRate: () => 0.3 }).play(() => false, 60);
    expect(world.state.hold?.code).toBe('NO_VERIFIED_VERSION');
    expect(world.deployments.some(({ task }) => task === 'rollback')).toBe(false);
    expect(world.issues.filter(({ labels }) => labels.includes('incident'))).toHaveLength(1);
  });

  it('escalates when the rollback itself fails, and tries again on command', async () => {
    let fixed = false;
    const deploymentState = (effect: { task: string }) =>
      effect.task === 'rollback' && !fixed ? 'failure' : 'success';
    const world = new World({ errorRate: () => 0.2, deploymentState });
    await world.play((one) => one.state.hold?.code === 'ROLLBACK_FAILED');
    expect(world.state.phase).toBe('rollback_failed');
    expect(
      world.comments.some((text) => text.includes('Rollback failed')) || world.state.outbox.length > 0,
    ).toBe(true);
    fixed = true;
    world.say('/rollback once more');
    await world.play();
    expect(world.state.phase).toBe('rolled_back');
    expect(world.deployments.filter(({ task }) => task === 'rollback')).toHaveLength(2);
  });
});

describe('a release without data', () => {
  it('is held after `no_data_after` and never promoted', async () => {
    const world = await new World({ blind: (weight) => weight === 10 }).play(() => false, 120);
    expect(world.state.hold?.code).toBe('NO_DATA');
    expect(weights(world)).toEqual(wholeWay.slice(0, 2));
  });

  it('is held when the canary gets no requests', async () => {
    const world = await new World({ rps: 0 }).play(() => false, 120);
    expect(world.state.hold?.code).toBe('NO_DATA');
  });

  it('goes on after /resume when the data has come back', async () => {
    let blind = true;
    const world = new World({ blind: (weight) => blind && weight === 10 });
    await world.play((one) => one.state.hold !== null);
    blind = false;
    world.say('/resume');
    await world.play();
    expect(world.state.phase).toBe('observing');
  });
});

describe('events that come late, twice and out of order', () => {
  const cases: readonly (readonly [string, WorldOptions, string])[] = [
    ['a good version becomes GA', {}, 'observing'],
    ['a bad version is rolled back', { errorRate: () => 0.15 }, 'rolled_back'],
    [
      'a version that breaks at 50 % is rolled back',
      { errorRate: (weight) => (weight >= 50 ? 0.3 : 0) },
      'rolled_back',
    ],
  ];
  it.each(cases)('%s', async (_name, options, end) => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const world = await new World({ ...options, random: seeded(seed) }).play();
        expect(world.state.phase).toBe(end);
        const production = world.deployments.filter(({ environment }) => environment === 'production');
        const promoted = production
          .filter(({ task }) => task === 'promote')
          .map(({ payload }) => payload.weight);
        expect(promoted).toEqual([10, 50, 100].slice(0, promoted.length));
        expect(production.filter(({ task }) => task === 'rollback')).toHaveLength(
          end === 'observing' ? 0 : 1,
        );
        expect(world.comments.length).toBe(new Set(world.comments).size);
      }),
      { numRuns: 40 },
    );
  });

  it('ends the same whatever single effect fails once for good, and never publishes without evidence', async () => {
    const ids = [...(await new World().play()).effects.keys()].filter((id) => !/^(timer|measure)/.test(id));
    for (const id of ids) {
      const world = await new World({ refuse: (candidate) => candidate === id }).play(() => false, 150);
      const published = world.effects.has('publish/1') || world.effects.has('publish/2');
      if (published) expect(world.effects.has('attach/1')).toBe(true);
      const held = world.state.hold !== null || world.state.phase === 'rejected';
      // The engineer in this world only answers what is said in the issue; a person reads the status too.
      const waits = /^(assess|tracking|stage-verified|ready)/.test(id);
      expect(
        held || waits || world.state.phase === 'observing' || world.state.phase === 'rolled_back',
        id,
      ).toBe(true);
    }
  });
});
