import { describe, expect, it } from 'vitest';
import { allReports, report, shaA, shaB } from '../support/facts.ts';
import { neighbour } from '../support/neighbours.ts';
import { World, type WorldOptions } from './world.ts';

/** A release at the given place, with nobody typing commands by himself. */
async function at(
  place: 'gating' | 'stage_verified' | 'soaking-10',
  options: WorldOptions = {},
): Promise<World> {
  const reports = place === 'gating' ? [] : allReports();
  const world = new World({ promotes: false, reports, ...options });
  if (place === 'gating')
    return world.play((one) => one.state.phase === 'gating' && one.state.trackingIssue !== null);
  await world.play((one) => one.state.phase === 'stage_verified');
  if (place === 'stage_verified') return world;
  world.say('/promote 10');
  return world.play((one) => one.state.phase === 'soaking' && one.state.step === 1);
}

/** Says it and plays until the reply is there. */
async function reply(world: World, body: string, login = 'ada'): Promise<string> {
  const before = world.comments.length;
  world.say(body, login);
  await world.play((one) => one.comments.length > before, 800);
  return world.comments[before] ?? '';
}

describe('a refused command gets one reply with the reason code and a way on', () => {
  it.each([
    ['stage_verified', '/promote 50', 'STEP_SKIPPED', '/promote next'],
    ['stage_verified', '/promote 100', 'STEP_SKIPPED', '/promote next'],
    ['stage_verified', '/promote 5', 'UNKNOWN_STEP', '/promote next'],
    ['stage_verified', `/promote 10 ${shaB}`, 'HEAD_MOVED', 'new commit'],
    ['stage_verified', '/rollback', 'NOTHING_TO_ROLL_BACK', '/hold'],
    ['stage_verified', '/resume', 'NOT_HELD', 'Nothing to do'],
    ['soaking-10', '/promote 100', 'STEP_SKIPPED', '/promote next'],
    ['soaking-10', '/promote 10', 'STEP_ALREADY_REACHED', '/promote next'],
    ['soaking-10', '/promote 50', 'NOT_READY', 'Wait'],
    ['soaking-10', '/promote next', 'NOT_READY', 'Wait'],
    ['gating', '/promote 10', 'STAGE_NOT_VERIFIED', 'what is missing'],
  ] as const)('at %s: %s is %s', async (place, body, code, help) => {
    const world = await at(place);
    const deployments = world.deployments.length;
    const text = await reply(world, body);
    expect(text).toContain(code);
    expect(text).toContain(help);
    expect(text).not.toMatch(/^\s*\//m);
    expect(world.deployments.length).toBe(deployments);
    expect(world.audit.some(({ reasonCode }) => reasonCode === code)).toBe(true);
  });

  it('names every reason at once', async () => {
    const world = await at('stage_verified', { role: 'read' });
    const text = await reply(world, `/promote 100 ${shaB}`);
    for (const code of ['HEAD_MOVED', 'STEP_SKIPPED', 'NOT_PERMITTED']) expect(text).toContain(code);
    expect(text.match(/STEP_SKIPPED/g)).toHaveLength(1);
  });

  it('is refused when the tag has moved meanwhile', async () => {
    const world = await at('stage_verified', { tagShaNow: shaB });
    expect(await reply(world, '/promote 10')).toContain('HEAD_MOVED');
  });

  it('is refused when a gate is red, missing or of another commit', async () => {
    const reports = allReports().filter(({ gate }) => gate !== 'perf');
    const bad = [...reports, report('perf', { verdict: 'pass', sha: shaB })];
    const world = await at('stage_verified');
    world.options = { promotes: false, reports: bad };
    expect(await reply(world, '/promote 10')).toContain('GATE_OTHER_COMMIT');
  });

  it('is refused when the assessor fails', async () => {
    const world = await at('stage_verified', { refuse: (id) => id.startsWith('assess/') });
    expect(await reply(world, '/promote 10')).toContain('ASSESSMENT_FAILED');
    expect(world.deployments).toHaveLength(1);
  });

  it('gets one reply however often the comment is delivered', async () => {
    const world = await at('stage_verified');
    for (let copy = 0; copy < 5; copy++) world.say('/promote 50', 'ada', 'User', 42);
    await world.play(() => false, 60);
    expect(world.comments.filter((text) => text.includes('STEP_SKIPPED'))).toHaveLength(1);
    expect(world.audit.filter(({ action }) => action === 'command.promote.refused')).toHaveLength(1);
  });

  it('gets one usage reply when it cannot be read, and nothing else happens', async () => {
    const world = await at('stage_verified');
    expect(await reply(world, '/promote 1O')).toContain('BAD_ARGUMENT');
    expect(world.deployments).toHaveLength(1);
  });
});

describe('bots', () => {
  it('are not answered and change nothing', async () => {
    const world = await at('stage_verified');
    const comments = world.comments.length;
    for (const body of ['/promote 10', '/status', '/help', '/promote x'])
      world.say(body, 'other[bot]', 'Bot');
    await world.play(() => false, 60);
    expect(world.comments.length).toBe(comments);
    expect(world.deployments).toHaveLength(1);
    expect(world.audit.some(({ reasonCode }) => reasonCode === 'BOT_NOT_PERMITTED')).toBe(true);
  });
});

describe('an accepted command', () => {
  it('gets a reaction, one reply, and happens once', async () => {
    const world = await at('stage_verified');
    for (let copy = 0; copy < 3; copy++) world.say('/promote 10', 'ada', 'User', 42);
    world.say('/promote 10', 'grace', 'User', 43);
    await world.play((one) => one.state.phase === 'soaking');
    expect(world.deployments.filter(({ environment }) => environment === 'production')).toHaveLength(1);
    expect([...world.effects.keys()].filter((id) => id.startsWith('reaction/'))).toEqual([
      'reaction/42/promote/eyes',
      'reaction/43/promote/eyes',
      'reaction/42/promote/+1',
      'reaction/43/promote/-1',
    ]);
    expect(world.comments.filter((text) => text.startsWith('✅ Going to **10 %**'))).toHaveLength(1);
  });

  it('is a row of the approvals matrix, refused ones too', async () => {
    const world = await at('stage_verified');
    await reply(world, '/promote 50');
    await reply(world, '/promote 10');
    expect(world.state.approvals).toMatchObject([
      { step: '50 %', actor: 'ada', decision: 'denied', role: 'maintain', sha: shaA },
      { step: '10 %', actor: 'ada', decision: 'allowed' },
    ]);
  });
});

describe('hold and resume', () => {
  it('stop promotions and let them go on', async () => {
    const world = await at('stage_verified');
    expect(await reply(world, '/hold waiting for @legal <!-- x -->')).toContain('Held');
    expect(world.state.hold).toMatchObject({ code: 'MANUAL', by: 'ada' });
    const refusal = await reply(world, '/promote 10');
    expect(refusal).toContain('RELEASE_HELD');
    expect(refusal).not.toContain('@legal');
    expect(refusal).not.toContain('<!--');
    expect(await reply(world, '/resume')).toContain('Resumed');
    expect(await reply(world, '/promote 10')).toContain('10 %');
  });

  it('a hold at the last step keeps the release from becoming GA until it is resumed', async () => {
    const world = new World();
    await world.play((one) => one.state.step === 3 && one.state.phase === 'soaking');
    world.say('/hold');
    await world.play(() => false, 300);
    expect(world.state.phase).toBe('soaking');
    world.say('/resume');
    await world.play(() => false, 600);
    expect(world.state.phase).toBe('observing');
  });

  it('a hold while the evidence is packed stops the publication', async () => {
    const world = new World();
    await world.play((one) => one.state.phase === 'finishing');
    world.state = { ...world.state, hold: { code: 'MANUAL', reason: 'wait', by: 'ada', since: world.now } };
    await world.play(() => false, 200);
    expect(world.effects.has('publish/1')).toBe(false);
    world.say('/resume');
    await world.play(() => false, 300);
    expect(world.state.phase).toBe('observing');
    expect(world.effects.has('publish/2')).toBe(true);
  });
});

describe('rollback by command', () => {
  it.each(['', '/hold'])('goes back while observing, held or not (%s)', async (first) => {
    const world = await at('soaking-10');
    if (first !== '') await reply(world, first);
    expect(await reply(world, '/rollback checkout is broken')).toContain('v1.0.0');
    await world.play((one) => one.state.phase === 'rolled_back');
    expect(world.state.hold).toMatchObject({ code: 'ROLLED_BACK_BY_COMMAND', by: 'ada' });
    expect(world.deployments.at(-1)).toMatchObject({
      task: 'rollback',
      payload: { version: 'v1.0.0', weight: 100 },
    });
  });

  it('needs a permission even in a hurry', async () => {
    const world = await at('soaking-10');
    world.options = { ...world.options, role: 'write' };
    expect(await reply(world, '/rollback')).toContain('NOT_PERMITTED');
    expect(world.state.phase).toBe('soaking');
  });

  it('of two people and the judge at once is one step', async () => {
    let broken = false;
    const world = await at('soaking-10', { errorRate: () => (broken ? 0.9 : 0) });
    broken = true;
    world.say('/rollback one', 'ada');
    world.say('/rollback two', 'grace');
    await world.play((one) => one.state.phase === 'rolled_back', 200);
    expect(world.deployments.filter(({ task }) => task === 'rollback')).toHaveLength(1);
    expect(world.state.phase).toBe('rolled_back');
  });

  it('after the end nothing can be changed', async () => {
    const world = await new World({ errorRate: () => 0.5 }).play();
    for (const body of ['/promote 10', '/rollback', '/hold']) {
      expect(await reply(world, body)).toContain('RELEASE_ENDED');
    }
    expect(await reply(world, '/resume')).toContain('Resolved');
    expect(await reply(world, '/resume')).toContain('RELEASE_ENDED');
    expect(world.state).toMatchObject({ phase: 'rolled_back', failure: { resolvedBy: 'ada' } });
  });
});

describe('questions', () => {
  it('are answered by anybody who asks, within a budget', async () => {
    const world = await at('stage_verified', { role: null });
    expect(await reply(world, '/status', 'stranger')).toContain('waiting for `/promote 10`');
    expect(await reply(world, '/help')).toContain('/rollback [reason]');
    for (let n = 0; n < 100; n++) world.say('/status');
    await world.play(() => false, 100);
    expect(world.comments.filter((text) => text.startsWith('## ')).length).toBeLessThanOrEqual(40);
  });
});

describe('the way to the stage', () => {
  it('waits for each required gate of exactly this commit', async () => {
    const world = await at('gating');
    for (const one of allReports({ sha: shaB })) world.send({ type: 'gate.reported', report: one });
    for (const one of allReports().slice(1)) world.send({ type: 'gate.reported', report: one });
    await world.play(() => false, 30);
    expect(world.state.phase).toBe('gating');
    expect(world.status).toContain('waiting for `slo-gates` to pass');
    world.send({ type: 'gate.reported', report: report('slo', { verdict: 'warn' }) });
    await world.play((one) => one.state.phase === 'stage_verified', 60);
    expect(world.state.phase).toBe('stage_verified');
  });

  it.each(['fail', 'inconclusive', 'skipped'] as const)(
    'a gate that is %s keeps it closed',
    async (verdict) => {
      const world = await at('gating');
      for (const one of allReports().slice(1)) world.send({ type: 'gate.reported', report: one });
      world.send({ type: 'gate.reported', report: report('slo', { verdict }) });
      await world.play(() => false, 30);
      expect(world.deployments).toHaveLength(0);
    },
  );

  it('takes results that were there before the tag', async () => {
    const world = await new World({ reports: [], earlierReports: allReports() }).play(
      (one) => one.state.phase === 'stage_verified',
    );
    expect(world.state.phase).toBe('stage_verified');
  });

  it('tries a failed stage again after /resume', async () => {
    const world = new World({ deploymentState: (_effect, n) => (n === 1 ? 'failure' : 'success') });
    await world.play((one) => one.state.hold !== null);
    expect(world.state.hold?.code).toBe('STAGE_DEPLOYMENT_FAILED');
    world.say('/resume');
    await world.play();
    expect(world.state.phase).toBe('observing');
  });

  it('a gate that turns red later holds the release', async () => {
    const world = await at('soaking-10');
    const red = report('perf', { verdict: 'fail', finishedAt: world.now });
    world.send({ type: 'gate.reported', report: red });
    await world.play((one) => one.state.hold !== null, 60);
    expect(world.state.hold?.code).toBe('GATE_FAILED');
    expect(world.deployments.some(({ task }) => task === 'rollback')).toBe(false);
  });
});

describe('a tag', () => {
  it('that moves before production halts the release', async () => {
    const world = await at('stage_verified');
    world.send({ type: 'tag.moved', from: shaA, to: shaB });
    await world.play(() => false, 60);
    expect(world.state).toMatchObject({ phase: 'halted', occupies: false, hold: { code: 'TAG_MOVED' } });
    expect(world.comments.at(-1)).toContain('moved');
  });

  it('that moves with traffic on it rolls back', async () => {
    const world = await at('soaking-10');
    world.send({ type: 'tag.moved', from: shaA, to: shaB });
    await world.play(() => false, 60);
    expect(world.state).toMatchObject({ phase: 'rolled_back', hold: { code: 'TAG_MOVED' } });
  });

  it('that does not match the glob is ignored without a word', async () => {
    const world = new World();
    world.begin();
    await world.play((one) => one.state.phase === 'planning');
    world.state = { ...world.state, tag: 'nightly-1' };
    await world.play(() => false, 30);
    expect(world.state.phase).toBe('ignored');
    expect(world.issues).toHaveLength(0);
  });

  it('without a plan is rejected in an issue that lists every problem, escaped', async () => {
    const world = new World({ refuse: (id) => id === 'plan/1' });
    await world.play();
    expect(world.state).toMatchObject({ phase: 'rejected', occupies: false });
    expect(world.issues).toMatchObject([{ title: 'Release v1.1.0', labels: ['release'] }]);
    expect(world.issues[0]?.body).toContain('- GitHub answered 422');
  });

  it('that comes while another release is under way waits, and then reads its plan anew', async () => {
    const world = new World({ neighbours: (seconds) => (seconds < 50 ? [neighbour('v1.0.9')] : []) });
    await world.play((one) => one.state.phase === 'queued' && one.status !== '');
    expect(world.state.occupies).toBe(false);
    expect(world.deployments).toHaveLength(0);
    await world.play();
    expect(world.state.phase).toBe('observing');
    expect(world.effects.has('plan/2')).toBe(true);
    expect(world.timeOf('plan/2')).toBeGreaterThanOrEqual(world.timeOf('plan/1') + 45_000);
  });
});
