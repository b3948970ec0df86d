import { describe, expect, it } from 'vitest';
import { World } from './world.ts';

const gone = { ok: false, code: 'GITHUB_NOT_FOUND', message: 'answered with 404: Not Found' } as const;
const outcomeOf = (event: { readonly type: string }, id: string): boolean =>
  event.type === 'effect.settled' && 'key' in event && String(event.key).includes(id);

/** Plays until an effect's outcome is due, and answers that GitHub does not find what it was about. */
async function notFound(world: World, id: string): Promise<void> {
  world.intercept((event) => outcomeOf(event, id));
  await world.play(({ effects }) => [...effects.keys()].some((key) => key.startsWith(id)), 6_000);
  world.intercept(() => false);
  const key = [...world.effects.keys()].find((one) => one.startsWith(id)) ?? '';
  world.settle(key, gone);
}

describe('what people deleted on GitHub while a release was under way', () => {
  it('the draft: the release is held, and /resume makes another one and goes on to GA', async () => {
    const world = new World();
    await notFound(world, 'attach/1');
    await world.play(({ state }) => state.hold !== null, 6_000);
    expect(world.state).toMatchObject({
      phase: 'finishing',
      hold: { code: 'EVIDENCE_FAILED' },
      releaseId: null,
    });
    world.say('/resume');
    await world.play(({ state }) => state.phase === 'observing', 9_000);
    expect(world.state.phase).toBe('observing');
    expect([...world.effects.keys()].filter((id) => /^(draft|attach|publish)\//.test(id))).toEqual([
      'draft/1',
      'attach/1',
      'draft/2',
      'attach/2',
      'publish/2',
    ]);
  });

  it('the tracking issue: another one is opened, and commands are taken there', async () => {
    const world = await new World({ promotes: false }).play(({ state }) => state.phase === 'stage_verified');
    const [status = ''] = [...world.effects.keys()].filter((id) => id.startsWith('status/')).slice(-1);
    const lost = world.state.trackingIssue;
    world.settle(status, gone);
    await world.play(({ issues }) => issues.filter(({ labels }) => labels.includes('release')).length === 2);
    await world.play(({ state }) => state.trackingIssue !== null);
    const [request] = [...world.effects.values()].flatMap(({ id, effect }) =>
      id === 'tracking/2' ? [effect] : [],
    );
    expect(request).toMatchObject({ kind: 'openIssue', title: 'Release v1.1.0', insteadOf: lost });
    expect(world.state).not.toHaveProperty('lostIssue');
    expect(world.audit).toContainEqual(
      expect.objectContaining({ action: 'tracking.lost', reasonCode: 'ISSUE_GONE' }),
    );
    world.say('/promote 10');
    await world.play(({ state }) => state.weight === 10);
    expect(world.state.weight).toBe(10);
  });
});

describe('a tag that is pushed again', () => {
  it('says in the issue of a rejected release that it takes a new version', async () => {
    const world = new World();
    world.intercept((event) => event.type === 'plan.loaded');
    await world.play();
    world.send({ type: 'plan.rejected', problems: ['the tagged commit is not part of main'] });
    await world.play(({ state }) => state.phase === 'rejected');
    world.send({ type: 'tag.moved', from: world.state.sha, to: 'b'.repeat(40) });
    await world.play();
    expect(world.state.phase).toBe('rejected');
    expect(world.comments.join()).toContain('Tag the new commit with a new version');
  });
});
