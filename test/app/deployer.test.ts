import { describe, expect, it, onTestFinished } from 'vitest';
import {
  deploy,
  load,
  mainSha,
  movedByItself,
  reaches,
  readRelease,
  say,
  stage,
  statusSays,
} from './story.ts';
import {
  commitFiles,
  configText,
  eventually,
  repository,
  startWorld,
  submitAll,
  type World,
} from './world.ts';

async function orderFor(world: World, environment: string): Promise<{ id: number; payload: unknown }> {
  return eventually(async () => {
    const { data } = await world.alice.rest.repos.listDeployments({ ...repository, environment });
    return data[0] === undefined ? null : { id: data[0].id, payload: data[0].payload };
  });
}

/** v1.1.0 with 10 % of the traffic, healthy. */
async function atTen(): Promise<{ world: World; issue: number }> {
  const world = await startWorld();
  const issue = await stage(world, 'v1.1.0');
  const stop = load(world, 'v1.0.0', 'v1.1.0', 0);
  onTestFinished(stop);
  await say(world, issue, '/promote 10');
  await deploy(world, 'production', 10);
  await reaches(world, 'v1.1.0', 'soaking');
  return { world, issue };
}

describe('the deployer', () => {
  it('starts a workflow with the order in its inputs where the config says so', async () => {
    const world = await startWorld();
    const { alice } = world;
    const { data } = await alice.rest.repos.getContent({
      ...repository,
      path: '.github/release-conductor.yml',
    });
    const url = /url: "([^"]+)"/.exec(
      Buffer.from((data as { content: string }).content, 'base64').toString(),
    )?.[1];
    await commitFiles(alice, 'main', {
      '.github/release-conductor.yml': `${configText(url ?? '')}  deployer: { kind: workflow_dispatch, workflow: deploy.yml }\n`,
      '.github/workflows/deploy.yml': 'on:\n  workflow_dispatch:\njobs: {}\n',
    });
    const sha = await mainSha(world);
    await alice.rest.git.createRef({ ...repository, ref: 'refs/tags/v1.1.0', sha });
    await reaches(world, 'v1.1.0', 'gating');
    await submitAll(world, { sha, event: 'push', ref: 'refs/tags/v1.1.0', branch: 'v1.1.0' });
    const { id } = await orderFor(world, 'stage');
    const statuses = await eventually(async () => {
      const { data: found } = await alice.rest.repos.listDeploymentStatuses({
        ...repository,
        deployment_id: id,
      });
      return found.length > 0 ? found : null;
    });
    expect(statuses.map(({ state, description }) => [state, description])).toEqual([
      ['queued', 'deploy.yml was started'],
    ]);
    await deploy(world, 'stage', 100);
    await reaches(world, 'v1.1.0', 'stage_verified');
    expect(world.github.violations().filter(({ source }) => source !== 'emulate')).toEqual([]);
  });

  it('scenario 15: killed between the traffic change and the state write, the actual weight is read on restart', async () => {
    const world = await startWorld();
    const issue = await stage(world, 'v1.1.0');
    const stop = load(world, 'v1.0.0', 'v1.1.0', 0);
    onTestFinished(stop);
    await say(world, issue, '/promote 10');
    await reaches(world, 'v1.1.0', 'shifting');
    await orderFor(world, 'production');
    // The pipeline moves the traffic and reports to a Conductor that is gone; the webhook is lost with it.
    world.github.setWebhookUrl('http://127.0.0.1:9/gone');
    await world.conductor.close();
    await deploy(world, 'production', 10);
    await world.start();
    await reaches(world, 'v1.1.0', 'soaking');
    expect((await readRelease(world, 'v1.1.0')).weight).toBe(10);
    const { data } = await world.alice.rest.repos.listDeployments({
      ...repository,
      environment: 'production',
    });
    expect(data).toHaveLength(1);
  });

  it('sees after a restart that the pipeline went back by itself, and makes it official', async () => {
    const { world } = await atTen();
    const { alice } = world;
    world.github.setWebhookUrl('http://127.0.0.1:9/gone');
    await world.conductor.close();
    await movedByItself(world, 'production', 'v1.0.0', 100);
    await world.start();
    await reaches(world, 'v1.1.0', 'rolling_back');
    await eventually(async () => {
      const { data } = await alice.rest.repos.listDeployments({ ...repository, task: 'rollback' });
      const ours = data.find(({ creator }) => creator?.login === 'release-conductor[bot]');
      if (ours === undefined) return null;
      return alice.rest.repos.createDeploymentStatus({
        ...repository,
        deployment_id: ours.id,
        state: 'success',
      });
    });
    await reaches(world, 'v1.1.0', 'rolled_back');
  });

  it('takes no step on from traffic that somebody has moved since', async () => {
    const { world, issue } = await atTen();
    await statusSays(world, issue, 'ready, waiting for `/promote 50');
    await movedByItself(world, 'production', 'v1.0.0', 100);
    await say(world, issue, '/promote 50');
    const { held } = await reaches(world, 'v1.1.0', 'rolling_back');
    expect(held).toContain('TRAFFIC_DIFFERS: production gives 100 % to v1.0.0');
    const { data } = await world.alice.rest.repos.listDeployments({
      ...repository,
      environment: 'production',
    });
    expect(data.map(({ payload }) => (payload as { weight: number }).weight)).not.toContain(50);
  });
});
