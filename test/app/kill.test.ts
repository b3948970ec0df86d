import { describe, expect, it, onTestFinished } from 'vitest';
import { type ChildConductor, startChild } from './child.ts';
import { expectEachSideEffectOnce, load, promoteToTheEnd, readRelease, stage } from './story.ts';
import { startWorld, type World } from './world.ts';

const bundledPostgres = { DATABASE_URL: '' };

/** Kills the Conductor at these counts of its writes to GitHub, and starts it again. */
function killAtWrites(
  world: World,
  counts: readonly number[],
): { readonly kills: () => number; stop(): Promise<void> } {
  const waiting = [...counts];
  let busy: Promise<void> | null = null;
  const restart = async (): Promise<void> => {
    await (world.conductor as ChildConductor).kill();
    await world.start();
    busy = null;
  };
  const timer = setInterval(() => {
    if (busy !== null || waiting[0] === undefined || writesOf(world) < waiting[0]) return;
    waiting.shift();
    busy = restart();
  }, 2);
  return {
    kills: () => counts.length - waiting.length,
    stop: async () => {
      clearInterval(timer);
      await busy;
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
