import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseComment } from '../../../core/commands/grammar.ts';
import { withCommandTables } from '../../../core/commands/help-text.ts';
import { commandNames } from '../../../core/commands/names.ts';
import { commandRegistry } from '../../../core/commands/registry.ts';
import type { CommandEvent } from '../../../core/flow/event.ts';
import fc from '../../support/fast-check.ts';
import { World, type WorldOptions } from '../release/world.ts';
import { allReports, config, planFacts, report, shaA, shaB } from '../support/facts.ts';

/** A release whose stage is verified, of a config with these permissions; ada pushed the tag. */
async function release(permissions: object = {}, options: WorldOptions = {}): Promise<World> {
  const plan = planFacts({ config: config({}, { permissions }) });
  const world = new World({ promotes: false, reports: allReports(), plan, ...options });
  return world.play((one) => one.state.phase === 'stage_verified' && one.state.trackingIssue !== null);
}

/** Says it, plays until something is said, and returns that. */
async function ask(world: World, body: string, login = 'ada'): Promise<string> {
  const before = world.comments.length;
  world.say(body, login);
  await settle(world, before);
  return world.comments.at(-1) ?? '';
}

async function settle(world: World, before: number): Promise<void> {
  await world.play(
    (one) => one.comments.length > before && Object.keys(one.state.assessing).length === 0,
    800,
  );
}

const second = { promote: { obligations: { second_approver: {} } } };
const stepUp = { promote: { obligations: { step_up: {} } } };
const production = (world: World): number =>
  world.deployments.filter(({ environment }) => environment === 'production').length;

describe('a command that needs a second person', () => {
  it('waits, says whom to ask and what to write, and runs once somebody else approves', async () => {
    const world = await release(second);
    const waiting = await ask(world, '/promote 10');
    expect(waiting).toContain('SECOND_APPROVER');
    expect(waiting).toContain(`/approve ${shaA.slice(0, 12)}`);
    expect(waiting).toContain('role maintain, role admin');
    expect(production(world)).toBe(0);
    expect(world.status).toContain('whom to ask');
    await ask(world, '/approve', 'grace');
    await world.play((one) => production(one) === 1, 800);
    expect(world.comments.join('\n')).toContain('Approved by grace');
    expect(world.state.approvals.map(({ command, actor, decision }) => [command, actor, decision])).toEqual([
      ['promote', 'ada', 'waiting'],
      ['approve', 'grace', 'approved'],
      ['promote', 'ada', 'allowed'],
    ]);
    expect(world.state.approvals.at(-1)).toMatchObject({ approvedBy: ['grace'], sha: shaA });
    expect(world.state.demands).toEqual([]);
  });

  it.each([
    ['who wrote it', 'grace', '/approve', 'grace', 'SELF_APPROVAL'],
    ['who wrote it, in other letters', 'grace', '/approve', 'GRACE', 'SELF_APPROVAL'],
    ['who pushed the tag', 'grace', '/approve', 'ada', 'SELF_APPROVAL'],
    ['for another commit', 'ada', `/approve ${shaB}`, 'grace', 'HEAD_MOVED'],
  ])('cannot be approved by %s', async (_name, commander, text, approver, code) => {
    const world = await release(second);
    await ask(world, '/promote 10', commander);
    expect(await ask(world, text, approver)).toContain(code);
    expect(production(world)).toBe(0);
    expect(world.state.demands).toHaveLength(1);
  });

  it('cannot be approved without the permission of the command', async () => {
    const world = await release({ promote: { roles: ['admin'], users: ['ada'], ...second.promote } });
    await ask(world, '/promote 10');
    expect(await ask(world, '/approve', 'grace')).toContain('NOT_PERMITTED');
    expect(production(world)).toBe(0);
  });

  it('approves nothing that does not wait', async () => {
    const world = await release();
    expect(await ask(world, '/approve', 'grace')).toContain('NOTHING_TO_APPROVE');
    expect(await ask(world, '/reject', 'grace')).toContain('NOTHING_TO_REJECT');
  });

  it('ends when it is rejected, when its time is over, and when its own comment is edited', async () => {
    for (const [end, code] of [
      [(world: World) => void world.say('/reject not now', 'grace'), 'REJECTED'],
      [(world: World) => void world.play(() => false, 9_000), 'APPROVAL_EXPIRED'],
      [(world: World) => world.send(edited(1_001)), 'COMMAND_EDITED'],
    ] as const) {
      const world = await release(second);
      await ask(world, '/promote 10');
      end(world);
      await world.play((one) => one.state.demands.length === 0, 9_000);
      await settle(world, 0);
      expect(world.comments.join('\n')).toContain(code);
      world.say('/approve', 'linus');
      await world.play((one) => one.comments.some((text) => text.includes('NOTHING_TO_APPROVE')), 9_000);
      expect(world.comments.at(-1)).toContain('NOTHING_TO_APPROVE');
      expect(production(world)).toBe(0);
    }
  });

  it('is replaced when it is given again: an approval means the newer one', async () => {
    const world = await release(second);
    await ask(world, '/promote 10');
    world.say('/promote next', 'linus');
    await world.play((one) => one.state.demands[0]?.actor.login === 'linus', 900);
    expect(world.state.demands).toHaveLength(1);
    expect(world.comments.join('\n')).toContain('REPLACED');
    await ask(world, '/approve', 'grace');
    await world.play((one) => production(one) === 1, 900);
    expect(world.state.approvals.at(-1)).toMatchObject({ actor: 'linus', approvedBy: ['grace'] });
  });

  it('runs nothing when the world has moved between the command and the approval', async () => {
    const world = await release(second);
    await ask(world, '/promote 10');
    await ask(world, '/hold wait', 'linus');
    await ask(world, '/approve', 'grace');
    await settle(world, 0);
    expect(world.comments.join('\n')).toContain('RELEASE_HELD');
    expect(production(world)).toBe(0);
  });

  it('can always be rolled back, held and aborted past (scenario 7)', async () => {
    const world = await release(second);
    await ask(world, '/promote 10');
    await ask(world, '/approve', 'grace');
    await world.play((one) => one.state.phase === 'soaking', 800);
    await world.play((one) => one.comments.some((text) => text.includes('Ready for `/promote 50`')), 800);
    expect(await ask(world, '/promote 50')).toContain('SECOND_APPROVER');
    await ask(world, '/lock 1h', 'linus');
    await ask(world, '/hold wait', 'linus');
    expect(await ask(world, '/rollback')).toContain('Going back to');
    await world.play((one) => one.state.phase === 'rolled_back', 900);
    expect(world.weight).toBe(0);
  });
});

function edited(commentId: number, bodySha256: string | null = 'f'.repeat(64)): CommandEvent {
  return { type: 'comment.changed', commentId, bodySha256 };
}

describe('an approving comment', () => {
  it('that the assessor does not find as it was given is void, though nobody told of an edit (scenario 4)', async () => {
    const world = await release(second);
    const heard: Extract<Parameters<World['send']>[0], { type: 'command.assessed' }>[] = [];
    world.intercept((event) => {
      if (event.type !== 'command.assessed') return false;
      heard.push(event);
      return heard.length > 1 && event.assessment.input.access.approvals.length > 0;
    });
    await ask(world, '/promote 10');
    world.say('/approve', 'grace');
    await world.play(() => heard.some(({ round = 0 }) => round > 0), 800);
    world.intercept(() => false);
    const [before, after] = [heard[0], heard.find(({ round = 0 }) => round > 0)];
    if (before === undefined || after === undefined) throw new Error('it was not assessed twice');
    world.send({ ...after, assessment: before.assessment });
    await world.play((one) => one.state.demands[0]?.approvals.length === 0, 800);
    expect(world.audit.map(({ reasonCode }) => reasonCode)).toContain('APPROVAL_VOID');
    expect(world.state.demands[0]?.approvals).toEqual([]);
    expect(production(world)).toBe(0);
  });

  it.each([
    ['edited', 'f'.repeat(64)],
    ['deleted', null],
  ])('that is %s before it counts is void (scenario 4)', async (_name, digest) => {
    const world = await release({
      promote: { obligations: { second_approver: {}, step_up: {} } },
    });
    await ask(world, '/promote 10');
    await ask(world, '/approve', 'grace');
    await world.play((one) => one.state.demands[0]?.approvals.length === 1, 800);
    await settle(world, 0);
    expect(world.state.demands[0]?.open.map(({ code }) => code)).toEqual(['STEP_UP']);
    world.send(edited(1_002, digest));
    await world.play((one) => one.state.demands[0]?.approvals.length === 0, 800);
    await settle(world, 0);
    expect(world.audit.map(({ reasonCode }) => reasonCode)).toContain('APPROVAL_VOID');
    expect(world.comments.at(-1)).toContain('SECOND_APPROVER');
    expect(production(world)).toBe(0);
  });

  it('that is edited after it counted is marked in the matrix', async () => {
    const world = await release(second);
    await ask(world, '/promote 10');
    await ask(world, '/approve', 'grace');
    await world.play((one) => production(one) === 1, 800);
    world.send(edited(1_002));
    await world.play((one) => one.state.approvals.some(({ changedAt }) => changedAt !== null), 800);
    expect(world.state.approvals.filter(({ changedAt }) => changedAt !== null)).toMatchObject([
      { command: 'approve', actor: 'grace' },
    ]);
    expect(world.audit.map(({ reasonCode }) => reasonCode)).toContain('APPROVAL_VOID');
  });

  it('that is delivered again as it was stays what it was', async () => {
    const world = await release({ promote: { obligations: { second_approver: {}, step_up: {} } } });
    await ask(world, '/promote 10');
    await ask(world, '/approve', 'grace');
    await world.play((one) => one.state.demands[0]?.approvals.length === 1, 800);
    const digest = world.state.demands[0]?.approvals[0]?.bodySha256 ?? '';
    world.send(edited(1_002, digest));
    await world.play(() => false, 400);
    expect(world.state.demands[0]?.approvals).toHaveLength(1);
  });
});

describe('a command that needs a confirmation', () => {
  it('waits with a link, and runs when that person confirms', async () => {
    const world = await release(stepUp);
    await ask(world, '/promote 10');
    await world.play(
      (one) => one.comments.some((text) => text.includes('https://conductor.example/step-up/1')),
      800,
    );
    const at = world.now;
    world.send({ type: 'step-up.confirmed', demand: 1, stepUp: { login: 'grace', at, credential: 'x' } });
    await world.play(() => false, 300);
    expect(production(world)).toBe(0);
    world.send({ type: 'step-up.confirmed', demand: 1, stepUp: { login: 'Ada', at, credential: 'ab12' } });
    await world.play((one) => production(one) === 1, 800);
    expect(world.state.approvals.at(-1)).toMatchObject({ decision: 'allowed', stepUp: 'ab12' });
  });

  it('is refused when there is no page to confirm on', async () => {
    const world = await release(stepUp, { refuse: (id) => id.startsWith('step-up/') });
    await ask(world, '/promote 10');
    await world.play((one) => one.state.demands.length === 0, 800);
    expect(world.comments.at(-1)).toContain('STEP_UP_UNAVAILABLE');
    expect(production(world)).toBe(0);
  });
});

describe('a command that needs a reason for access', () => {
  it('is refused without one, says how to give it, and keeps it', async () => {
    const world = await release({ promote: { obligations: { reason: {} } } });
    expect(await ask(world, '/promote 10')).toMatch(/REASON_MISSING.*reason="…"/s);
    expect(await ask(world, '/promote 10 reason="short"')).toContain('REASON_MISSING');
    await ask(world, '/promote 10 reason="CAB-212 has approved it"');
    expect(world.state.approvals.at(-1)).toMatchObject({
      decision: 'allowed',
      reason: 'CAB-212 has approved it',
    });
  });

  it('is asked only from its weight on', async () => {
    const world = await release({ promote: { obligations: { reason: { from_weight: 50 } } } });
    expect(await ask(world, '/promote 10')).toContain('Going to **10 %**');
  });
});

describe('a command that could not be heard for long', () => {
  const hour = 3_600_000;
  const late = async (world: World, body: string, age: number): Promise<string> => {
    const before = world.comments.length;
    world.say(body, 'ada', 'User', 9_000, world.now - age);
    await settle(world, before);
    return world.comments.at(-1) ?? '';
  };

  it('promotes nothing, and says to look and write it again', async () => {
    const world = await release();
    const text = await late(world, '/promote 10', 20 * hour);
    expect(text).toContain('COMMAND_OUTDATED');
    expect(text).toContain('could not be heard for 1200 minutes');
    expect(production(world)).toBe(0);
    expect(await ask(world, '/promote 10')).toContain('Going to **10 %**');
  });

  it('is carried out within the hour', async () => {
    const world = await release();
    expect(await late(world, '/promote 10', hour - 120_000)).toContain('Going to **10 %**');
  });

  it('holds the release however old it is', async () => {
    const world = await release();
    expect(await late(world, '/hold wait', 20 * hour)).toContain('Held');
    expect(world.state.hold).not.toBeNull();
  });

  it('may wait for a second person for longer', async () => {
    const world = await release(second);
    await ask(world, '/promote 10');
    world.now += 2 * hour;
    await ask(world, '/approve', 'grace');
    expect(world.comments.join('\n')).not.toContain('COMMAND_OUTDATED');
  });
});

describe('a re-run that GitHub refuses', () => {
  const ran = allReports().map((one) => ({ ...one, origin: { ...one.origin, runId: 5, runAttempt: 1 } }));

  it('ends with what to do: in the status, and for whoever promotes', async () => {
    const world = await release({}, { reports: ran, refuse: (id) => id.startsWith('rerun/') });
    expect(await ask(world, '/gates rerun perf')).toContain('Running `performance-gate` again');
    await world.play((one) => one.state.gates.perf?.rerunRefused !== undefined, 60);
    await world.play((one) => one.status.includes('did not run it again'), 60);
    expect(world.status).toContain('workflow_dispatch');
    const refused = await ask(world, '/promote 10');
    expect(refused).toContain('GATE_RERUN_REFUSED');
    expect(refused).not.toContain('GATE_RERUNNING');
    expect(production(world)).toBe(0);
    expect(world.audit.some(({ action }) => action === 'gates.rerun.refused')).toBe(true);
  });
});

describe('a dry run', () => {
  it.each([
    ['/promote 10 --dry-run', /would be done.*deploy `v1\.1\.0` to `production` at 10 %/s],
    ['/promote 100 --dry-run', /would be refused.*STEP_SKIPPED/s],
    ['/rollback --dry-run', /would be refused.*NOTHING_TO_ROLL_BACK/s],
    ['/abort --dry-run', /would be done.*Aborted/s],
    ['/hold wait --dry-run', /would be done.*Held/s],
    ['/lock 2h --dry-run', /would be done.*Locked/s],
    ['/override perf reason="the generator is down" for=2h --dry-run', /would be refused.*NOT_PERMITTED/s],
    ['/unlock --dry-run', /NOT_LOCKED/],
    ['/resume --dry-run', /NOT_HELD/],
    ['/unblock --dry-run', /NOTHING_BLOCKS/],
    ['/gates rerun all --dry-run', /would/],
    ['/escalate --dry-run', /would be done.*Escalated/s],
    ['/approve --dry-run', /NOTHING_TO_APPROVE/],
    ['/reject --dry-run', /NOTHING_TO_REJECT/],
  ])('%s says what would happen and changes nothing', async (body, wanted) => {
    const world = await release();
    const before = JSON.stringify({ ...world.state, ...unrelated });
    const effects = world.effects.size;
    expect(await ask(world, body)).toMatch(wanted);
    expect(JSON.stringify({ ...world.state, ...unrelated })).toBe(before);
    const kinds = [...world.effects.values()].slice(effects).map(({ effect }) => effect.kind);
    expect(new Set(kinds)).toEqual(new Set(['addReaction', 'assessCommand', 'upsertComment']));
  });
});

/** What a question changes too: that it was answered. */
const unrelated = {
  answers: [],
  replies: 0,
  assessing: {},
  statusAt: 0,
  counters: {},
  status: null,
  approvals: [],
};

describe('breaking the glass', () => {
  it('lets the release pass that gate for a while, loudly, and leaves an exception', async () => {
    const reports = allReports().map((one) =>
      one.gate === 'perf' ? report('perf', { verdict: 'fail' }) : one,
    );
    const plan = planFacts({ config: config({}, { permissions: {} }) });
    const world = new World({ promotes: false, reports, plan, role: 'admin' });
    await world.play((one) => one.state.phase === 'gating' && one.state.trackingIssue !== null);
    await ask(world, '/override perf reason="the load generator is down" for=2h');
    await world.play((one) => one.state.phase === 'stage_verified', 800);
    expect(world.comments.join('\n')).toContain('Break glass');
    expect(world.status).toContain('🔨 overridden');
    expect(world.audit.filter(({ action }) => action === 'gate.overridden')).toMatchObject([
      {
        actor: 'ada',
        reason: 'the load generator is down',
        reasonCode: 'BREAK_GLASS',
        data: { gate: 'perf', until: expect.stringMatching(/^\d{4}-.*Z$/) },
      },
    ]);
    await ask(world, '/promote 10');
    expect(world.state.approvals.at(-1)).toMatchObject({ decision: 'allowed', overridden: ['perf'] });
  });

  it('ends by the clock: then the gate counts again', async () => {
    const world = await release({}, { role: 'admin' });
    world.options = { ...world.options, reports: [...allReports().filter(({ gate }) => gate !== 'perf')] };
    await ask(world, '/override perf reason="the load generator is down" for=2m');
    expect(await ask(world, '/promote 10 --dry-run')).toContain('would be done');
    await world.play((one) => one.now >= (one.state.overrides[0]?.until ?? 0), 900);

    expect(await ask(world, '/promote 10')).toContain('GATE_MISSING');
    expect(world.status).not.toContain('🔨 overridden');
  });

  it('is for administrators, covers one gate and no permission', async () => {
    const world = await release();
    const text = '/override perf reason="the load generator is down" for=2h';
    expect(await ask(world, text)).toContain('NOT_PERMITTED');
    const other = await release(
      {},
      { role: 'admin', reports: allReports().filter(({ gate }) => gate !== 'slo') },
    );
    await ask(other, text);
    other.options = { ...other.options, role: 'read' };
    expect(await ask(other, '/promote 10')).toContain('NOT_PERMITTED');
  });
});

describe('commands about what went wrong', () => {
  it('/unblock in the issue of a later release resolves the failure that stands in its way', async () => {
    const world = await release();
    const failure = { reason: 'errors', at: 1, resolvedBy: null };
    world.options = {
      ...world.options,
      others: [{ tag: 'v1.0.9', way: world.state.way, lock: null, failure }],
    };
    expect(await ask(world, '/promote 10')).toContain('FAILURE_UNRESOLVED');
    expect(await ask(world, '/unblock fixed by #412')).toContain('v1.0.9');
    expect(world.effects.get('unblock/1')?.effect).toEqual({
      kind: 'resolveFailure',
      tag: 'v1.0.9',
      by: 'ada',
      reason: 'fixed by #412',
    });
  });

  it('a failure that is resolved elsewhere is resolved once', async () => {
    const world = await release();
    await ask(world, '/promote 10');
    await world.play((one) => one.state.phase === 'soaking', 800);
    await ask(world, '/abort wrong changelog');
    await world.play((one) => one.state.phase === 'rolled_back', 900);
    expect(world.weight).toBe(0);
    expect(world.state.failure?.resolvedBy).toBeNull();
    world.send({ type: 'failure.resolved', by: 'grace', reason: 'fixed' });
    world.send({ type: 'failure.resolved', by: 'linus', reason: 'again' });
    await world.play((one) => one.state.failure?.resolvedBy !== null, 900);
    expect(world.state.failure?.resolvedBy).toBe('grace');
  });

  it('/escalate posts the request that teams know and changes nothing', async () => {
    const world = await release();
    const { phase, hold } = world.state;
    expect(await ask(world, '/escalate the judge waits')).toBeDefined();
    await world.play((one) => one.comments.some((text) => text.includes('Escalated')), 900);
    expect(world.comments.join('\n')).toMatch(/## Escalation Request[\s\S]*the judge waits/);
    expect([world.state.phase, world.state.hold]).toEqual([phase, hold]);
  });
});

describe('why it waits, and whom to ask', () => {
  it('is answered with every reason that stands against the next step', async () => {
    const world = await release({ promote: { roles: ['admin'], teams: ['@acme/sre'] } });
    const text = await ask(world, '/why');
    expect(text).toContain('waiting for `/promote 10`');
    expect(text).toContain('Nothing stands against the next step');
    expect(text).toContain('Whom to ask: role admin, team acme/sre; ada may not promote');
    expect(text).not.toContain('@acme');
    await ask(world, '/hold legal looks at it');
    expect(await ask(world, '/why')).toContain('RELEASE_HELD');
  });

  it('names people and obligations without calling them', async () => {
    const world = await release({
      promote: { teams: ['@acme/sre'], users: ['@grace'], codeowners: true, ...second.promote },
    });
    const text = await ask(world, '/whocan promote');
    expect(text).toContain('team acme/sre');
    expect(text).toContain('CODEOWNERS');
    expect(text).toContain('/approve');
    expect(text).not.toMatch(/@(acme|grace)/);
    expect(await ask(world, '/whocan status')).toContain('everybody');
  });
});

describe('properties of commands', () => {
  const bodies = [
    ...commandRegistry.flatMap(({ examples }) => examples),
    '/promote next',
    '/rollback now',
    '/override slo reason="the prober is down" for=1h',
    '/approve',
    '/reject',
    '/gates rerun all',
    '/nonsense',
    '/promot 10',
    '/promote 5O',
  ];

  it('no command takes effect without its permission, and no reply holds a runnable command', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ body: fc.constantFrom(...bodies), login: fc.constantFrom('ada', 'grace') }), {
          minLength: 1,
          maxLength: 6,
        }),
        fc.constantFrom('read', 'triage', null),
        async (said, role) => {
          const world = await release({}, { role });
          const { phase, hold, lock, weight, overrides, failure, demands } = world.state;
          for (const { body, login } of said) {
            world.say(body, login);
            await world.play((one) => Object.keys(one.state.assessing).length === 0 && one.now > 0, 60);
          }
          await world.play(() => false, 120);
          const after = world.state;
          expect([after.phase, after.hold, after.lock, after.weight]).toEqual([phase, hold, lock, weight]);
          expect([after.overrides, after.failure, after.demands]).toEqual([overrides, failure, demands]);
          expect(production(world)).toBe(0);
          for (const text of [...world.comments, world.status]) {
            expect(text).not.toMatch(/^[ \t]*\//m);
            for (const line of text.split('\n')) expect(parseComment(line).kind).toBe('none');
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('the docs have the table of the registry: run scripts/command-docs.ts', () => {
    const page = readFileSync('docs/commands.md', 'utf8');
    expect(page).toBe(withCommandTables(page));
    for (const name of commandNames) expect(page).toContain(`/${name}`);
  });

  it('every command has a place, a usage that begins with it, examples that are read, and help', () => {
    expect(commandRegistry.map(({ name }) => name)).toEqual(commandNames);
    for (const { name, usage, examples, places, summary, details } of commandRegistry) {
      expect(usage.startsWith(`/${name}`)).toBe(true);
      expect(places.length).toBeGreaterThan(0);
      expect([summary, details].every((text) => text.length > 10)).toBe(true);
      for (const example of examples) {
        const parsed = parseComment(example, places[0]);
        expect(parsed.kind === 'commands' && parsed.invocations.length).toBe(1);
      }
    }
  });
});
