import { describe, expect, it, onTestFinished } from 'vitest';
import { type ChildConductor, startChild } from './child.ts';
import { expectEachSideEffectOnce, load, promoteToTheEnd, readRelease, stage } from './story.ts';
import { repository, startWorld, type World } from './world.ts';

const bundledPostgres = { DATABASE_URL: '' };

/** Kills the Conductor at these counts of its writes to GitHub, and starts it again. */
function killAtWrites(world: World, counts: readonly number[]): Killer {
  return killWhen(
    world,
    counts.map((count) => () => writesOf(world) >= count),
  );
}

interface Killer {
  readonly kills: () => number;
  stop(): Promise<void>;
}

/** Kills the Conductor at each of these moments, one after the other, and starts it again. */
function killWhen(world: World, moments: readonly (() => boolean)[]): Killer {
  const waiting = [...moments];
  let busy: Promise<void> | null = null;
  const restart = async (): Promise<void> => {
    await (world.conductor as ChildConductor).kill();
    await world.start();
    busy = null;
  };
  const timer = setInterval(() => {
    if (busy !== null || waiting[0] === undefined || !waiting[0]()) return;
    waiting.shift();
    busy = restart();
  }, 2);
  return {
    kills: () => moments.length - waiting.length,
    stop: async () => {
      clearInterval(timer);
      await busy;
    },
  };
}

/** Kills the Conductor once as soon as it made each of these calls, and starts it again. */
function killAfter(world: World, calls: readonly RegExp[]): Killer {
  return killWhen(
    world,
    calls.map(
      (call) => () =>
        world.github
          .requests()
          .some(
            ({ who, method, path }) => who === 'release-conductor[bot]' && call.test(`${method} ${path}`),
          ),
    ),
  );
}

/** How many files the release had each time that it was seen published. */
function watchPublished(world: World, tag: string): { stop(): Promise<readonly number[]> } {
  const seen: number[] = [];
  let watching = true;
  const watch = async (): Promise<void> => {
    while (watching) {
      const { data } = await world.alice.rest.repos.listReleases({ ...repository });
      const release = data.find(({ tag_name: name, draft }) => name === tag && !draft);
      if (release !== undefined) seen.push(release.assets.length);
    }
  };
  const done = watch();
  return {
    stop: async () => {
      watching = false;
      await done;
      return seen;
    },
  };
}

function writesOf({ github }: World): number {
  return github
    .requests()
    .filter(
      ({ who, method }) => who === 'release-conductor[bot]' && (method === 'POST' || method === 'PATCH'),
    ).length;
}

describe('a Conductor that is killed with kill -9', () => {
  it('ends a release in the same state, each side effect seen once (scenarios 2, 15, 18)', async () => {
    const world = await startWorld(bundledPostgres, startChild);
    const killer = killAtWrites(world, [1, 3, 5, 8, 11, 14, 17, 20, 23, 26]);
    onTestFinished(() => killer.stop());
    const issue = await stage(world, 'v1.1.0');
    onTestFinished(load(world, 'v1.0.0', 'v1.1.0', 0));
    await promoteToTheEnd(world, 'v1.1.0', issue);
    await killer.stop();
    expect(killer.kills()).toBeGreaterThanOrEqual(8);
    await expectEachSideEffectOnce(world, 'v1.1.0');
    expect((await readRelease(world, 'v1.1.0')).held).toBeNull();
  });

  it('scenario 18: attaches and publishes to the end with immutable releases, killed at each write', async () => {
    const world = await startWorld(bundledPostgres, startChild);
    world.github.setImmutableReleases('acme/shop', true);
    const killer = killAfter(world, [
      /^POST .*\/releases$/,
      /^POST .*\/releases\/\d+\/assets$/,
      /^GET .*\/releases\/assets\/\d+$/,
      /^PATCH .*\/releases\/\d+$/,
    ]);
    onTestFinished(() => killer.stop());
    const watcher = watchPublished(world, 'v1.1.0');
    const issue = await stage(world, 'v1.1.0');
    onTestFinished(load(world, 'v1.0.0', 'v1.1.0', 0));
    onTestFinished(async () => void (await watcher.stop()));
    await promoteToTheEnd(world, 'v1.1.0', issue);
    await killer.stop();
    expect(killer.kills()).toBe(4);
    await expectEachSideEffectOnce(world, 'v1.1.0');
    expect(new Set(await watcher.stop())).toEqual(new Set([2]));
    const { data } = await world.alice.rest.repos.getReleaseByTag({ ...repository, tag: 'v1.1.0' });
    expect(data).toMatchObject({ draft: false, immutable: true });
  });

  it('refuses a second Conductor on its data directory and names the first', async () => {
    const world = await startWorld(bundledPostgres, startChild);
    const { pid } = world.conductor as ChildConductor;
    await expect(startChild(world.env)).rejects.toThrow(new RegExp(`exit 1: DATA_DIR_IN_USE.*pid ${pid}`));
  });

  it('stops cleanly on SIGTERM', async () => {
    const world = await startWorld(bundledPostgres, startChild);
    await world.conductor.close();
    await expect(fetch(world.conductor.url)).rejects.toThrow();
  });
});
