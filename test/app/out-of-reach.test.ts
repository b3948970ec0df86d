import { expect, it } from 'vitest';
import { deploy, load, readRelease, say, stage, statusSays } from './story.ts';
import { eventually, repository, startWorld, type World } from './world.ts';

async function backlogOf(world: World): Promise<number> {
  const text = await (await fetch(`${world.conductor.url}/metrics`)).text();
  return Number(/conductor_backlog\{what="unreachable"\} (\d+)/.exec(text)?.[1]);
}

/** Requests that the Conductor made for the repository. */
function asked({ github }: World): number {
  return github
    .requests()
    .filter(({ who, path }) => who.endsWith('[bot]') && path.startsWith('/repos/acme/shop')).length;
}

it('a release waits while the App is suspended, asks nothing, is told of, and goes on afterwards', async () => {
  const world = await startWorld();
  const stop = load(world, 'v1.0.0', 'v1.1.0', 0);
  try {
    const issue = await stage(world, 'v1.1.0');
    await say(world, issue, '/promote 10');
    await deploy(world, 'production', 10);
    await statusSays(world, issue, 'waiting for `/promote 50`');

    await world.github.suspendInstallation(true);
    await eventually(async () => ((await backlogOf(world)) === 1 ? true : null));
    const before = asked(world);
    await eventually(async () => {
      const waiting = await world.query<{ last_error: string }>(
        `select last_error from effects where state = 'pending' and attempts > 1`,
      );
      return waiting.some(({ last_error: error }) => /does not reach acme\/shop/.test(error)) ? true : null;
    });
    expect(asked(world) - before).toBeLessThanOrEqual(2);
    const page = await (await fetch(world.conductor.url)).text();
    expect(page).toContain('Out of reach');
    expect(await readRelease(world, 'v1.1.0')).toMatchObject({ weight: 10, held: null });

    await world.github.suspendInstallation(false);
    await eventually(async () => ((await backlogOf(world)) === 0 ? true : null));
    await say(world, issue, '/promote 50');
    await deploy(world, 'production', 50);
    await statusSays(world, issue, 'waiting for `/promote 100`');
    const { data } = await world.alice.rest.repos.listDeployments({
      ...repository,
      environment: 'production',
    });
    expect(data).toHaveLength(2);
  } finally {
    stop();
  }
});
