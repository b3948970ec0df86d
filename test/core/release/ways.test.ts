import { describe, expect, it } from 'vitest';
import type { Neighbour } from '../../../core/release/neighbours.ts';
import { standingOf } from '../../../core/release/standing.ts';
import { config, start } from '../support/facts.ts';
import { neighbour, waiting } from '../support/neighbours.ts';
import { World } from './world.ts';

const apiPlan = {
  service: 'api',
  config: config({}, { tags: 'v*', service: 'api', production_environment: 'api-production' }),
};

async function isQueued(others: readonly Neighbour[], plan: object = {}): Promise<boolean> {
  const world = new World({ plan, neighbours: () => others });
  await world.play((one) => one.state.phase === 'queued' || one.state.phase === 'stage_verified');
  return world.state.phase === 'queued';
}

describe('the way to production', () => {
  it.each<[string, boolean, Neighbour]>([
    ['is that of the service', false, neighbour('web-v1.0.0', { way: 'web@api-production' })],
    ['is that of the environment', false, neighbour('api-v1.0.0', { way: 'api@elsewhere' })],
    ['is taken by a release of both', true, neighbour('api-v1.0.0', { way: 'api@api-production' })],
  ])('%s', async (_name, queued, other) => {
    expect(await isQueued([other], apiPlan)).toBe(queued);
  });

  it('is named to the pipeline by its service', async () => {
    const world = await new World({ plan: apiPlan }).play((one) => one.state.phase === 'soaking');
    expect(world.deployments.map(({ environment, payload }) => [environment, payload.service])).toEqual([
      ['stage', 'api'],
      ['api-production', 'api'],
    ]);
  });

  it('has a lock and failures of its own', () => {
    const lock = { state: 'held', owner: 'ada', reason: 'r', at: start, until: start + 9 } as const;
    const failure = { reason: 'breach', at: start, resolvedBy: null };
    const others = [
      { tag: 'api-v2', way: 'api@p', lock: null, failure: null },
      { tag: 'web-v1', way: 'web@p', lock, failure },
    ];
    expect(standingOf(others, 'api-v2', start + 1)).toMatchObject({
      lock: { state: 'free' },
      unresolved: null,
    });
    expect(
      standingOf(
        [...others, { tag: 'web-v2', way: 'web@p', lock: null, failure: null }],
        'web-v2',
        start + 1,
      ),
    ).toMatchObject({ lock: { state: 'held' }, unresolved: { release: 'web-v1' } });
  });
});

describe('the queue for a free way', () => {
  it.each<[string, boolean, readonly Neighbour[], object]>([
    [
      'lets a lower version go first, although it was tagged later',
      true,
      [waiting('v1.0.9', { startedAt: start + 5 })],
      {},
    ],
    ['lets this one go before a higher version', false, [waiting('v1.2.0', { startedAt: start - 5 })], {}],
    [
      'goes by the time of the tag where versions say nothing',
      true,
      [waiting('build-7', { startedAt: start - 5 })],
      {},
    ],
    ['is none for those of other ways', false, [waiting('v1.0.9', { way: 'web@p' })], {}],
    [
      'is none in the hotfix lane',
      false,
      [waiting('v1.0.9')],
      { config: config({}, { hotfix_tags: 'v1.1.*' }) },
    ],
  ])('%s', async (_name, queued, others, plan) => {
    expect(await isQueued(others, plan)).toBe(queued);
  });

  it.each([
    ['reads its plan again when another version became GA while it was read', 'v1.0.9', 1_000, 2],
    ['reads its plan once when the other version is the one it goes back to', 'v1.0.0', 1_000, 1],
    ['reads its plan once when the other version has been GA for long', 'v1.0.9', -60_000, 1],
  ])('%s', async (_name, tag, since, plans) => {
    const other = waiting(tag, { phase: 'observing', phaseSince: start + since });
    const world = new World({
      plan: { readAt: start },
      neighbours: (seconds) => (seconds < 4 ? [other] : []),
    });
    await world.play((one) => one.state.occupies);
    expect(world.state.counters.plan).toBe(plans);
  });

  it('moves on when the one ahead has gone', async () => {
    const world = new World({ neighbours: (seconds) => (seconds < 40 ? [waiting('v1.0.9')] : []) });
    await world.play((one) => one.state.occupies);
    expect(world.phasesSeen.slice(0, 4)).toEqual(['new', 'planning', 'queued', 'planning']);
    expect((world.now - start) / 1_000).toBeGreaterThanOrEqual(40);
  });
});
