import { describe, expect, it, onTestFinished } from 'vitest';
import type { FaultKind } from '../../sandbox/github/faults.ts';
import { failReads } from './failing-reads.ts';
import { expectEachSideEffectOnce, load, promoteToTheEnd, stage } from './story.ts';
import { configure } from './talk.ts';
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
/** As many people as possible have to be asked after. */
const permissions = `  permissions:
    promote: { roles: [admin], teams: ["@acme/release-managers"], codeowners: true }
`;

describe('a release while GitHub fails once at each call (scenario 24)', () => {
  it.each<[string, FaultKind]>([
    ['takes the write and then times out', { kind: 'timeout-after-commit' }],
    ['times out', { kind: 'timeout-before' }],
    ['answers 502', { kind: 'status', status: 502 }],
  ])('ends in the same state, each side effect seen once, when it %s', async (_name, fault) => {
    const world = await startWorld();
    await configure(world, permissions);
    for (const [method, path] of writes) world.github.faults.next({ ...fault, method, path });
    const reads = failReads(world, fault);
    const issue = await stage(world, 'v1.1.0');
    onTestFinished(load(world, 'v1.0.0', 'v1.1.0', 0));
    // Nobody has to repeat a command.
    await promoteToTheEnd(world, 'v1.1.0', issue, () => reads.again());
    await expectEachSideEffectOnce(world, 'v1.1.0');
    expect(world.github.faults.pending()).toEqual([]);
  });

  it('ends in the same state, each side effect seen once, when it asks for patience with a secondary limit', async () => {
    const world = await startWorld();
    const limit = {
      kind: 'status',
      status: 403,
      headers: { 'retry-after': '1' },
      body: { message: 'secondary rate limit' },
    } as const;
    for (const [method, path] of writes) world.github.faults.next({ ...limit, method, path });
    const issue = await stage(world, 'v1.1.0');
    onTestFinished(load(world, 'v1.0.0', 'v1.1.0', 0));
    await promoteToTheEnd(world, 'v1.1.0', issue);
    await expectEachSideEffectOnce(world, 'v1.1.0');
    expect(world.github.faults.pending()).toEqual([]);
  });
});
