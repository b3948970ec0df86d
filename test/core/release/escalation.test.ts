import { describe, expect, it } from 'vitest';
import type { GateName } from '../../../core/gate/names.ts';
import { config, report } from '../support/facts.ts';
import { World, type WorldOptions } from './world.ts';

const requests = ({ comments }: World): string[] =>
  comments.filter((text) => text.includes('## Escalation Request'));

/** A release that is soaking at `weight`. */
function soakingAt(weight: number, options: WorldOptions = {}): Promise<World> {
  return new World(options).play(({ state }) => state.weight === weight && state.phase === 'soaking');
}

function fails(world: World, gate: GateName): void {
  world.send({
    type: 'gate.reported',
    report: report(gate, { verdict: 'fail', runId: 99, finishedAt: world.now }),
  });
}

/** The pipeline takes the order to go back and never says how it ended. */
function hangs(world: World): void {
  world.intercept((event) => event.type === 'deployment.reported');
}

describe('people are called in the form that they know', () => {
  it.each<[string, GateName, RegExp]>([
    ['a security vulnerability', 'supply-chain', /Security vulnerability in production/],
    ['damage to data', 'migrations', /Data integrity at risk/],
  ])('for %s, however little traffic the version has', async (_name, gate, title) => {
    const world = await soakingAt(10);
    fails(world, gate);
    await world.play(({ state }) => state.phase === 'rolled_back', 2_000);
    expect(requests(world)).toHaveLength(1);
    expect(requests(world)[0]).toMatch(title);
    expect(requests(world)[0]).toContain('- **Severity:** CRITICAL');
    expect(requests(world)[0]).toContain('rolling back');
    expect(world.issues.filter(({ labels }) => labels.includes('incident'))).toHaveLength(1);
  });

  it.each([
    [10, 0],
    [50, 1],
    [100, 1],
  ])('for a breach at %i %% of the traffic: %i times', async (weight, times) => {
    const world = new World({ errorRate: (now) => (now >= weight ? 0.4 : 0.002) });
    await world.play(({ state }) => state.phase === 'rolled_back', 2_000);
    expect(requests(world)).toHaveLength(times);
    expect(requests(world).join()).toMatch(times === 0 ? /^$/ : /outage of production/);
  });

  it('when the service is not back in time, once, although nobody said that the rollback failed', async () => {
    const plan = { config: config({}, { stop_conditions: { restore_within: '2m' } }) };
    const world = await soakingAt(10, { plan });
    hangs(world);
    world.say('/rollback it hurts');
    await world.play(({ comments }) => comments.some((text) => text.includes('not restored')), 3_000);
    const [request] = requests(world);
    expect(request).toMatch(
      /2 min after the order to go back nobody has confirmed that the traffic is on v1\.0\.0/,
    );
    expect(world.now - world.timeOf('deploy/3')).toBe(120_000);
    await world.play(({ state }) => state.phase === 'rollback_failed', 3_000);
    world.say('/rollback again');
    await world.play(() => false, 3_000);
    expect(requests(world).filter((text) => text.includes('not restored'))).toHaveLength(1);
  });

  it.each([
    ['the service is back before', '10m', false],
    ['the config says 0', '0s', true],
  ])('and not when %s', async (_name, restoreWithin, isStuck) => {
    const plan = { config: config({}, { stop_conditions: { restore_within: restoreWithin } }) };
    const world = await soakingAt(10, { plan });
    if (isStuck) hangs(world);
    world.say('/rollback it hurts');
    await world.play(({ state }) => state.phase === (isStuck ? 'rollback_failed' : 'rolled_back'), 3_000);
    await world.play(() => false, 3_000);
    expect(requests(world).filter((text) => text.includes('not restored'))).toEqual([]);
  });
});
