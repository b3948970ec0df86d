import { describe, expect, it } from 'vitest';
import { config, shaA, start } from '../support/facts.ts';
import { neighbour } from '../support/neighbours.ts';
import { World, type WorldOptions } from './world.ts';

const newer = { type: 'release.superseded', by: 'v1.2.0', since: start + 60_000 } as const;
const rollbacks = (world: World) => world.deployments.filter(({ task }) => task === 'rollback');

async function observing(options: WorldOptions = {}): Promise<World> {
  const world = new World({ promotes: false, ...options });
  await world.play((one) => one.state.phase === 'stage_verified');
  world.say('/promote 10');
  return world.play((one) => one.state.phase === 'soaking');
}

describe('scenario 16: a newer tag while a release is under way', () => {
  const waiting = { neighbours: (seconds: number) => (seconds < 60 ? [neighbour('v1.0.9')] : []) };

  it.each<[string, object, number]>([
    ['queues by default', {}, 0],
    ['asks the other once to give way with `on_new_tag: supersede`', { on_new_tag: 'supersede' }, 1],
    ['asks the other once to give way in the hotfix lane', { hotfix_tags: 'v1.1.*' }, 1],
  ])('%s', async (_name, release, asked) => {
    const world = new World({ ...waiting, plan: { config: config({}, release) } });
    await world.play();
    expect(world.phasesSeen).toContain('queued');
    const effects = [...world.effects.values()].filter(({ effect }) => effect.kind === 'supersedeRelease');
    expect(effects).toHaveLength(asked);
    if (asked > 0) expect(effects[0]?.effect).toMatchObject({ tag: 'v1.0.9', by: 'v1.1.0' });
    expect(world.state.phase).toBe('observing');
  });

  it('the one mid-canary goes back to its last verified version, is no failure, and frees the way', async () => {
    const world = await observing();
    world.send(newer);
    world.send(newer);
    await world.play((one) => one.state.phase === 'rolled_back');
    expect(rollbacks(world)).toMatchObject([{ payload: { version: 'v1.0.0', weight: 100 } }]);
    expect(world.state).toMatchObject({ failure: null, occupies: false, hold: { code: 'SUPERSEDED' } });
    expect(world.issues.some(({ labels }) => labels.includes('incident'))).toBe(false);
  });

  it('the one before production ends at once, and its sha is never deployed there', async () => {
    const world = new World({ promotes: false });
    await world.play((one) => one.state.phase === 'stage_verified');
    world.send(newer);
    world.say('/promote 10');
    await world.play(() => false, 120);
    expect(world.state).toMatchObject({ phase: 'superseded', occupies: false });
    expect(world.deployments.filter(({ environment }) => environment === 'production')).toEqual([]);
    expect(world.comments.at(-1)).toContain('RELEASE_ENDED');
  });

  it.each<[string, WorldOptions, object]>([
    ['without a verified version to go back to', { plan: { previous: null } }, {}],
    ['for one that is older than itself', {}, { since: start - 1 }],
  ])('the one mid-canary stays %s', async (_name, options, change) => {
    const world = await observing(options);
    world.send({ ...newer, ...change });
    await world.play(() => false, 60);
    expect(world.state.phase).toBe('soaking');
    expect(rollbacks(world)).toEqual([]);
  });
});

describe('after GA', () => {
  async function ga(options: WorldOptions = {}): Promise<World> {
    const world = await new World(options).play();
    expect(world.state.phase).toBe('observing');
    return world;
  }

  async function reply(world: World, body: string): Promise<string> {
    const before = world.comments.length;
    world.say(body);
    await world.play((one) => one.comments.length > before, 2_000_000);
    return world.comments[before] ?? '';
  }

  it('/rollback still goes back within the observation, and leaves the published evidence alone', async () => {
    const world = await ga();
    expect(await reply(world, '/rollback checkout is broken')).toContain('v1.0.0');
    await world.play((one) => one.state.phase === 'rolled_back', 2_000_000);
    expect(rollbacks(world)).toHaveLength(1);
    expect(world.state).toMatchObject({ phase: 'rolled_back', failure: { resolvedBy: null } });
    expect([...world.effects.keys()].filter((id) => id.startsWith('pack/'))).toEqual(['pack/1']);
  });

  it('/rollback is refused when the observation is over', async () => {
    const plan = { config: config({}, { observe_after_ga: '1s' }) };
    const world = await new World({ plan }).play();
    expect(world.state.phase).toBe('closed');
    expect(await reply(world, '/rollback')).toContain('RELEASE_ENDED');
  });

  it('/rollback is refused when something newer is under way', async () => {
    const world = await ga();
    world.options = { neighbours: () => [neighbour('v1.2.0')] };
    expect(await reply(world, '/rollback')).toContain('NEWER_RELEASE');
  });
});

it('a release that is being published does not give way: the newer one waits', async () => {
  const world = await new World().play((one) => one.effects.has('publish/1'));
  const answers: Parameters<World['send']>[0][] = [];
  world.intercept((event) => {
    if (event.type !== 'effect.settled' || event.kind !== 'publish') return false;
    answers.push(event);
    return true;
  });
  world.send(newer);
  await world.play();
  expect(world.state).toMatchObject({ finishing: { stage: 'publishing' }, hold: null });
  world.intercept(() => false);
  for (const answer of answers) world.send(answer);
  await world.play((one) => one.state.phase === 'observing');
  expect(answers).toHaveLength(1);
  expect(rollbacks(world)).toEqual([]);
});

describe('a breach while GitHub is publishing', () => {
  it('goes back, says that the release is public, and replaces nothing', async () => {
    const world = await new World().play((one) => one.effects.has('publish/1'));
    expect(world.state.finishing?.stage).toBe('publishing');
    const answers: Parameters<World['send']>[0][] = [];
    world.intercept((event) => {
      if (event.type !== 'effect.settled' || event.kind !== 'publish') return false;
      answers.push(event);
      return true;
    });
    world.options = { errorRate: () => 0.9 };
    await world.play((one) => one.state.phase === 'rolled_back');
    world.intercept(() => false);
    for (const answer of answers) world.send(answer);
    await world.play(() => false, 900);
    expect(answers).toHaveLength(1);
    expect(world.state).toMatchObject({ phase: 'rolled_back', sha: shaA, hold: { code: 'CANARY_BREACH' } });
    expect(world.state.publishedUrl).toContain('/releases/');
    expect([...world.effects.keys()].filter((id) => id.startsWith('attach/'))).toEqual(['attach/1']);
    expect(world.comments.some((text) => text.includes('had published'))).toBe(true);
  });
});

describe('people outside the issue', () => {
  it('are told of what they asked for', async () => {
    const notify = [
      { kind: 'team', name: 'acme/executives', on: ['rollback', 'ga'] },
      { kind: 'slack', name: 'releases', on: ['rollback', 'rolled-back'] },
      { kind: 'webhook', name: 'pager', on: ['escalation'] },
    ];
    const world = await new World({ plan: { config: config({}, { notify }) }, errorRate: () => 0.3 }).play();
    const told = [...world.effects.values()].flatMap(({ effect }) =>
      effect.kind === 'notify' ? [`${effect.target.name}: ${effect.event}`] : [],
    );
    expect(told).toEqual(['releases: rollback', 'releases: rolled-back']);
    expect(world.comments.filter((text) => text.startsWith('📣 @acme/executives'))).toHaveLength(1);
  });

  it('get the escalation request when a rollback fails, and the release is never called rolled back', async () => {
    const world = await new World({
      errorRate: () => 0.3,
      deploymentState: ({ task }) => (task === 'rollback' ? 'failure' : 'success'),
    }).play(() => false, 300);
    const request = world.comments.find((text) => text.includes('## Escalation Request')) ?? '';
    for (const part of [
      '**Unit ID:** v1.1.0',
      '**Severity:** CRITICAL',
      'failed rollback, held',
      '**Help Needed:**',
    ]) {
      expect(request).toContain(part);
    }
    expect(world.state.phase).toBe('rollback_failed');
    expect(world.status).not.toContain('Release `v1.1.0`: rolled back');
  });
});
