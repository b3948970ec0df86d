import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../core/config/parse.ts';
import { ladderOf } from '../../../core/config/waves.ts';
import { wayOf } from '../../../core/release/neighbours.ts';
import { trafficOf } from '../../../core/release/steps.ts';
import { randomFrom } from '../../../core/stats/random.ts';
import { config } from '../support/facts.ts';
import { World, type WorldOptions } from './world.ts';

const waves = [{ environment: 'us' }, { environment: 'asia', steps: [50, 100] }];
const settings = config({}, { production_environment: 'eu', waves });
const everywhere: WorldOptions = { plan: { config: settings } };

/** What was ordered, in order: `eu 10`, and `eu back` for the way back. */
const orders = ({ deployments }: World): string[] =>
  deployments.map(({ environment, task, payload }) =>
    task === 'rollback' ? `${environment} back` : `${environment} ${payload.weight}`,
  );

/** A release that is soaking at this step of the ladder. */
function soakingAt(step: number, options: WorldOptions = everywhere): Promise<World> {
  return new World(options).play(({ state }) => state.step === step && state.phase === 'soaking', 4_000);
}

describe('several production environments', () => {
  it('are taken one after the other, each with its own steps, and then it is GA', async () => {
    const world = await new World(everywhere).play(({ state }) => state.phase === 'observing', 6_000);
    expect(world.state.phase).toBe('observing');
    expect(orders(world)).toEqual([
      'stage 100',
      'eu 10',
      'eu 50',
      'eu 100',
      'us 10',
      'us 50',
      'us 100',
      'asia 50',
      'asia 100',
    ]);
    expect(world.comments.join('\n')).toContain('Ready for `/promote 10`: 10 % of us');
    expect(world.status).toContain('| stage | 10 % of eu | 50 % of eu | 100 % of eu | 10 % of us |');
    expect(world.state.canaryRecords.map(({ weight }) => weight)).toEqual([
      0, 10, 50, 100, 10, 50, 100, 50, 100,
    ]);
  });

  it('each is compared with the running version there, never with counters of another', async () => {
    const world = await new World(everywhere).play(({ state }) => state.phase === 'observing', 6_000);
    const measured = [...world.effects.values()].flatMap(({ effect }) =>
      effect.kind === 'measureCanary' ? [`${effect.step} ${effect.environment}`] : [],
    );
    expect(new Set(measured)).toEqual(
      new Set(['0 stage', '1 eu', '2 eu', '3 eu', '4 us', '5 us', '6 us', '7 asia', '8 asia']),
    );
  });

  it('all go back, the newest first, when the version breaks in the second', async () => {
    const world = await soakingAt(4);
    world.options = { ...everywhere, errorRate: () => 0.4 };
    await world.play(({ state }) => state.phase === 'rolled_back', 6_000);
    expect(world.state).toMatchObject({ phase: 'rolled_back', weight: 0, hold: { code: 'CANARY_BREACH' } });
    expect(orders(world).slice(-2)).toEqual(['us back', 'eu back']);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'a breach at step %i leaves the version nowhere, whatever is late, doubled or out of order',
    async (step) => {
      const world = await soakingAt(step, { ...everywhere, random: randomFrom(step) });
      world.options = { ...world.options, errorRate: () => 0.4 };
      await world.play(({ state }) => state.phase === 'rolled_back', 9_000);
      expect(world.state.phase).toBe('rolled_back');
      const last = new Map(world.deployments.map(({ environment, task }) => [environment, task]));
      last.delete('stage');
      expect(new Set(last.values())).toEqual(new Set(['rollback']));
      const backs = world.deployments.filter(({ task }) => task === 'rollback');
      expect(backs).toHaveLength(last.size);
      expect(backs.every(({ payload }) => payload.version === 'v1.0.0' && payload.weight === 100)).toBe(true);
    },
  );

  it('go back after GA as well', async () => {
    const world = await new World(everywhere).play(({ state }) => state.phase === 'observing', 6_000);
    world.say('/rollback it hurts');
    await world.play(({ state }) => state.phase === 'rolled_back', 8_000);
    expect(orders(world).slice(-3)).toEqual(['asia back', 'us back', 'eu back']);
  });

  it('one that cannot be given back does not keep the others; trying again goes there alone', async () => {
    let broken = true;
    const world = await soakingAt(4, {
      ...everywhere,
      deploymentState: ({ environment, task }) =>
        broken && task === 'rollback' && environment === 'us' ? 'failure' : 'success',
    });
    world.say('/rollback it hurts');
    await world.play(({ state }) => state.phase === 'rollback_failed', 6_000);
    expect(orders(world).slice(-2)).toEqual(['us back', 'eu back']);
    expect(world.state).toMatchObject({
      restoring: { left: [], failed: ['us'] },
      hold: { code: 'ROLLBACK_FAILED' },
    });
    expect(world.comments.join()).toMatch(/## Escalation Request/);
    broken = false;
    world.say('/rollback again');
    await world.play(({ state }) => state.phase === 'rolled_back', 6_000);
    expect(orders(world).slice(-1)).toEqual(['us back']);
  });

  it('a step of the next one cannot be skipped, and says where it would be', async () => {
    const world = await soakingAt(3);
    world.say('/promote 50');
    await world.play(({ comments }) => comments.some((text) => text.includes('STEP_SKIPPED')), 6_000);
    expect(world.comments.join()).toContain('after 100 % of eu comes 10 % of us, not 50 %');
  });

  it('a breach in the second is told with its environment, and the version is left nowhere', async () => {
    const world = await soakingAt(4);
    world.options = { ...everywhere, errorRate: () => 0.4 };
    await world.play(({ state }) => state.phase === 'rolled_back', 6_000);
    const incident = world.issues.find(({ labels }) => labels.includes('incident'));
    expect(incident?.title).toBe('Release v1.1.0 rolled back at 10 % of us');
    expect(trafficOf(world.state).map(({ weight }) => weight)).toEqual([0, 0, 0]);
  });

  it.each([
    [2, 'eu 50, us 0, asia 0'],
    [3, 'eu 100, us 0, asia 0'],
    [4, 'eu 100, us 10, asia 0'],
    [7, 'eu 100, us 100, asia 50'],
  ])('at step %i the version has %s', async (step, expected) => {
    const { state } = await soakingAt(step);
    expect(
      trafficOf(state)
        .map(({ environment, weight }) => `${environment} ${weight}`)
        .join(', '),
    ).toBe(expected);
  });

  it('while they go back one after the other, each is without the version when that is confirmed', async () => {
    const world = await soakingAt(4, {
      ...everywhere,
      deploymentState: ({ environment, task }) =>
        task === 'rollback' && environment === 'eu' ? 'failure' : 'success',
    });
    world.say('/rollback it hurts');
    await world.play(({ state }) => state.phase === 'rollback_failed', 6_000);
    expect(trafficOf(world.state).map(({ weight }) => weight)).toEqual([100, 0, 0]);
    expect(world.status).toContain('| production traffic | eu **100 %**, us **0 %**, asia **0 %** |');
    expect(world.comments.join()).toContain('up to 100 % of the traffic of eu is on this version');
  });

  it('a promotion and a question who may promote name the next environment', async () => {
    const world = await soakingAt(3);
    world.say('/whocan promote');
    await world.play(({ comments }) => comments.some((text) => text.includes('Nobody who is no')), 6_000);
    expect(world.comments.join()).toContain('in `us`');
    await world.play(({ state }) => state.step === 4, 6_000);
    expect(world.comments.join()).toContain('Going to **10 % of us**.');
  });

  it('make one way: releases of the same environments wait for each other', () => {
    expect(wayOf({ config: settings })).toBe('@eu+us+asia');
    expect(wayOf({ config: config({}, {}) })).toBe('@production');
  });
});

describe('the config of waves', () => {
  const read = (release: string): string => {
    const head =
      'version: 1\nrelease:\n  required_gates: []\n  metrics: { kind: scrape, url: http://m.example }\n';
    try {
      const { config: found } = parseConfig(`${head}${release}`);
      const ladder = found.release === undefined ? [] : ladderOf(found.release);
      return ladder.map(({ environment, weight }) => `${environment} ${weight}`).join(', ');
    } catch (error) {
      return String(error);
    }
  };

  it.each([
    ['  waves: [{ environment: us }]', 'production 10, production 50, production 100, us 10, us 50, us 100'],
    ['  waves: [{ environment: us, steps: [100] }]', 'production 10, production 50, production 100, us 100'],
    ['  waves: [{ environment: us, steps: [50, 10, 100] }]', 'expected weights that rise'],
    ['  waves: [{ environment: us, steps: [10, 50] }]', 'expected the last step to be 100'],
    ['  waves: [{ environment: production }]', '"production" is named twice'],
    ['  waves: [{ environment: stage }]', 'stage and production are both "stage"'],
    [
      '  waves: [{ environment: us }]\n  canary: { advance: [auto, auto, auto] }',
      'one entry for each of the 6 steps',
    ],
  ])('%s', (text, expected) => {
    expect(read(text)).toContain(expected);
  });

  it('traffic that went back by itself in an earlier one takes the version out of all', async () => {
    const world = await soakingAt(4);
    world.send({
      type: 'traffic.read',
      environment: 'eu',
      traffic: { deploymentId: 9_000, version: 'v1.0.0', weight: 100 },
    });
    await world.play(({ state }) => state.phase === 'rolled_back', 6_000);
    expect(world.state).toMatchObject({ phase: 'rolled_back', hold: { code: 'TRAFFIC_DIFFERS' } });
    expect(world.state.hold?.reason).toContain('100 % to v1.0.0 in eu without being asked');
    expect(orders(world).slice(-2)).toEqual(['us back', 'eu back']);
  });

  it('that is seen while the next one is being rolled, too', async () => {
    const world = await soakingAt(3);
    world.intercept((event) => event.type === 'deployment.reported' && event.environment === 'us');
    await world.play(({ state }) => state.phase === 'shifting', 6_000);
    expect(world.state.deployment).toMatchObject({ environment: 'us', weight: 10 });
    world.send({
      type: 'traffic.read',
      environment: 'eu',
      traffic: { deploymentId: 9_000, version: 'v1.0.0', weight: 100 },
    });
    await world.play(({ state }) => state.phase === 'rolling_back', 6_000);
    expect(world.state.hold).toMatchObject({ code: 'TRAFFIC_DIFFERS' });
    expect(orders(world).slice(-1)).toEqual(['us back']);
  });

  it('traffic that a person moved in an earlier one holds the release and calls people', async () => {
    const world = await soakingAt(4);
    world.send({
      type: 'traffic.read',
      environment: 'eu',
      traffic: { deploymentId: 9_000, version: 'v1.1.0', weight: 60 },
    });
    await world.play(({ state }) => state.hold !== null, 6_000);
    expect(world.state).toMatchObject({ phase: 'soaking', hold: { code: 'TRAFFIC_DIFFERS' } });
    expect(world.comments.join()).toContain('Escalation Request');
  });
});
