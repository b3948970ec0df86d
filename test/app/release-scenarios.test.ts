import { describe, expect, it, onTestFinished } from 'vitest';
import { deploy, load, reaches, readRelease, say, stage } from './story.ts';
import { eventually, repository, startWorld, type World } from './world.ts';

/** A release at `weight` that is healthy there; `break` lets a fifth of its requests fail from then on. */
async function healthyAt(weight: 10 | 50): Promise<{ world: World; issue: number; break: () => void }> {
  const world = await startWorld();
  const issue = await stage(world, 'v1.1.0');
  let stop = load(world, 'v1.0.0', 'v1.1.0', 0);
  onTestFinished(() => stop());
  for (const [step, next] of [
    [10, 50],
    [50, 100],
  ] as const) {
    await say(world, issue, `/promote ${step}`);
    await deploy(world, 'production', step);
    await eventually(async () => {
      const { data } = await world.alice.rest.issues.get({ ...repository, issue_number: issue });
      return data.body?.includes(`waiting for \`/promote ${next}\``) ? true : null;
    });
    if (step === weight) break;
  }
  return {
    world,
    issue,
    break: () => {
      stop();
      stop = load(world, 'v1.0.0', 'v1.1.0', 200);
    },
  };
}

async function rollbacks({ alice }: World): Promise<readonly unknown[]> {
  const { data } = await alice.rest.repos.listDeployments({ ...repository, task: 'rollback' });
  return data.map(({ payload }) => payload);
}

describe('a release in production', () => {
  it('scenario 13: at 50 %, waiting for a human, a breach goes back within interval × threshold', async () => {
    const { world, break: breakIt } = await healthyAt(50);
    const since = Date.now();
    breakIt();
    await reaches(world, 'v1.1.0', 'rolling_back');
    // The interval of this config is 200 ms.
    expect(Date.now() - since).toBeLessThan(5_000);
    await deploy(world, 'production', 100, 'rollback');
    await reaches(world, 'v1.1.0', 'rolled_back');
    expect(await rollbacks(world)).toMatchObject([{ version: 'v1.0.0', weight: 100 }]);
  });

  it('scenario 14: automatic, manual and requested rollback at once are one, and a hold says why', async () => {
    const { world, issue, break: breakIt } = await healthyAt(10);
    breakIt();
    await Promise.all([say(world, issue, '/rollback by hand'), say(world, issue, '/rollback twice')]);
    await reaches(world, 'v1.1.0', 'rolling_back');
    await deploy(world, 'production', 100, 'rollback');
    await reaches(world, 'v1.1.0', 'rolled_back');
    expect(await rollbacks(world)).toMatchObject([{ version: 'v1.0.0', weight: 100 }]);
    expect((await readRelease(world, 'v1.1.0')).held).toMatch(/rollback ordered|error rate/);
  });

  it('scenario 17: a rollback that fails escalates, stays a failed rollback, and can be ordered again', async () => {
    const { world, issue, break: breakIt } = await healthyAt(10);
    breakIt();
    await reaches(world, 'v1.1.0', 'rolling_back');
    const first = await eventually(async () => {
      const { data } = await world.alice.rest.repos.listDeployments({ ...repository, task: 'rollback' });
      return data[0]?.id ?? null;
    });
    const status = {
      ...repository,
      deployment_id: first,
      state: 'failure' as const,
      description: 'no capacity',
    };
    await world.alice.rest.repos.createDeploymentStatus(status);
    await reaches(world, 'v1.1.0', 'rollback_failed');
    await eventually(async () => {
      const { data } = await world.alice.rest.issues.listComments({
        ...repository,
        issue_number: issue,
        per_page: 100,
      });
      return data.some(({ body }) => body?.includes('## Escalation Request')) ? true : null;
    });
    await say(world, issue, '/rollback capacity is back');
    const again = await eventually(async () => {
      const { data } = await world.alice.rest.repos.listDeployments({ ...repository, task: 'rollback' });
      return data.find(({ id }) => id !== first)?.id ?? null;
    });
    await world.alice.rest.repos.createDeploymentStatus({
      ...repository,
      deployment_id: again,
      state: 'success',
    });
    await reaches(world, 'v1.1.0', 'rolled_back');
  });
});
