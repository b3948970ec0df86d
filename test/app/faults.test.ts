import { describe, expect, it, onTestFinished } from 'vitest';
import type { FaultKind } from '../../sandbox/github/faults.ts';
import { expectEachSideEffectOnce, load, promoteToTheEnd, stage } from './story.ts';
import { startWorld } from './world.ts';

/** Every write that a release makes, by its path. */
const writes: readonly [method: string, path: RegExp][] = [
  ['POST', /\/releases$/],
  ['POST', /\/releases\/\d+\/assets$/],
  ['PATCH', /\/releases\/\d+$/],
  ['POST', /\/issues$/],
  ['PATCH', /\/issues\/\d+$/],
  ['POST', /\/deployments$/],
  ['POST', /\/reactions$/],
];
/** Reads on which decisions hang. */
const reads: readonly [method: string, path: RegExp][] = [
  ['GET', /\/git\/ref\/tags(\/|%2F)v1\.1\.0$/],
  ['GET', /\/contents\//],
  ['GET', /\/deployments$/],
  ['GET', /\/issues$/],
  ['GET', /\/releases$/],
];

describe('a release while GitHub fails once at each call (scenario 24)', () => {
  it.each<[string, FaultKind, readonly (readonly [string, RegExp])[]]>([
    ['takes the write and then times out', { kind: 'timeout-after-commit' }, writes],
    ['times out', { kind: 'timeout-before' }, [...writes, ...reads]],
    ['answers 502', { kind: 'status', status: 502 }, [...writes, ...reads]],
    [
      'asks for patience with a secondary limit',
      {
        kind: 'status',
        status: 403,
        headers: { 'retry-after': '1' },
        body: { message: 'secondary rate limit' },
      },
      writes,
    ],
  ])('ends in the same state, each side effect seen once, when it %s', async (_name, fault, calls) => {
    const world = await startWorld();
    for (const [method, path] of calls) world.github.faults.next({ ...fault, method, path });
    const issue = await stage(world, 'v1.1.0');
    onTestFinished(load(world, 'v1.0.0', 'v1.1.0', 0));
    await promoteToTheEnd(world, 'v1.1.0', issue);
    await expectEachSideEffectOnce(world, 'v1.1.0');
    expect(world.github.faults.pending()).toEqual([]);
  });
});
