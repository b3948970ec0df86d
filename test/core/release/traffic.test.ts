import { describe, expect, it } from 'vitest';
import { World } from './world.ts';

async function atTen(): Promise<World> {
  return new World({ promotes: true }).play(({ state }) => state.weight === 10 && state.phase === 'soaking');
}

describe('what the pipeline did without being asked', () => {
  it('is rolled back in form when it went back by itself', async () => {
    const world = await atTen();
    const deploymentId = (world.state.deployment?.githubId ?? 0) + 100;
    world.send({
      type: 'traffic.read',
      environment: 'production',
      traffic: { deploymentId, version: 'v1.0.0', weight: 100 },
    });
    await world.play((one) => one.state.phase === 'rolled_back');
    expect(world.state).toMatchObject({ phase: 'rolled_back', hold: { code: 'TRAFFIC_DIFFERS' }, weight: 0 });
    expect(world.deployments.at(-1)).toMatchObject({ task: 'rollback', payload: { version: 'v1.0.0' } });
  });

  it('holds the release and calls people when it is anything else', async () => {
    const world = await atTen();
    const deploymentId = (world.state.deployment?.githubId ?? 0) + 100;
    const event = {
      type: 'traffic.read',
      environment: 'production',
      traffic: { deploymentId, version: 'v1.1.0', weight: 100 },
    } as const;
    world.send(event);
    world.send(event);
    await world.play((one) => one.state.hold !== null);
    await world.play((one) => one.comments.some((text) => text.includes('Escalation Request')));
    expect(world.state).toMatchObject({ phase: 'soaking', hold: { code: 'TRAFFIC_DIFFERS' } });
    expect(world.comments.filter((text) => text.includes('Escalation Request'))).toHaveLength(1);
  });

  it.each<[string, number, string, number]>([
    ['the order itself', 0, 'v1.1.0', 10],
    ['an older deployment', -1, 'v1.0.0', 100],
    ['the same weight by another deployment', 5, 'v1.1.0', 10],
  ])('is not %s', async (_name, distance, version, weight) => {
    const world = await atTen();
    const deploymentId = (world.state.deployment?.githubId ?? 0) + distance;
    world.send({
      type: 'traffic.read',
      environment: 'production',
      traffic: { deploymentId, version, weight },
    });
    await world.play((one) => one.state.weight === 50);
    expect(world.state.hold).toBeNull();
  });

  it('is told once: after /resume the same deployment is known, a newer one is news', async () => {
    const world = await atTen();
    const first = (world.state.deployment?.githubId ?? 0) + 100;
    const moved = (deploymentId: number) =>
      world.send({
        type: 'traffic.read',
        environment: 'production',
        traffic: { deploymentId, version: 'v1.1.0', weight: 30 },
      });
    moved(first);
    await world.play((one) => one.state.hold !== null);
    world.say('/resume');
    await world.play((one) => one.state.hold === null);
    moved(first);
    await world.play((one) => one.state.weight === 50);
    expect(world.state).toMatchObject({ weight: 50, hold: null });
    moved(first + 1_000);
    await world.play((one) => one.state.hold !== null);
    expect(world.state.hold).toMatchObject({ code: 'TRAFFIC_DIFFERS' });
  });

  it('stops the next step, which asks for the traffic that it follows from', async () => {
    const world = await atTen();
    await world.play((one) => one.deployments.length === 3);
    const [, ten, fifty] = world.deployments;
    expect(ten).not.toHaveProperty('standing');
    expect(fifty?.standing).toEqual([
      { environment: 'production', githubId: 502, version: 'v1.1.0', weight: 10 },
    ]);
  });
});
