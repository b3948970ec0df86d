import { describe, expect, it } from 'vitest';
import { signRequest } from '../../app/http/signed-callers.ts';
import { deploy, mainSha, reaches, readRelease, say, stage } from './story.ts';
import {
  commitFiles,
  configText,
  eventually,
  oidcToken,
  repository,
  startWorld,
  type World,
  workflowPath,
} from './world.ts';

interface Job {
  readonly actor?: string;
  readonly event?: string;
}

/** A job's token, as GitHub gives it to a run of the trusted workflow. */
async function tokenOf(
  world: World,
  { actor = 'alice', event = 'workflow_dispatch' }: Job = {},
): Promise<string> {
  const ref = 'refs/heads/main';
  const run = await world.github.createRun('acme/shop', {
    path: workflowPath,
    name: 'gates',
    headSha: await mainSha(world),
    headBranch: 'main',
    event,
  });
  const workflowRef = `acme/shop/${workflowPath}@${ref}`;
  return oidcToken(
    world.github.oidcRequest('acme/shop', run, { ref, workflowRef, environment: null, actor }),
    world.conductor.url,
  );
}

async function ask(world: World, path: string, body: object, token?: string): Promise<Response> {
  return fetch(`${world.conductor.url}/v1/${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
}

/** The request as the pipeline's teams know it. */
const promotion = {
  version: 'v1.1.0',
  canary: [10, 50, 100],
  gates: ['slo', 'perf', 'supply_chain', 'migrations', 'policy'],
  flags_auto_ramp: true,
  trace_id: 'trace-1',
};

async function toProduction({ alice }: World): Promise<readonly string[]> {
  const { data } = await alice.rest.repos.listDeployments({ ...repository, environment: 'production' });
  return data.map(({ task }) => task);
}

function comment(world: World, issue: number, text: string): Promise<true> {
  return eventually(async () => {
    const { data } = await world.alice.rest.issues.listComments({
      ...repository,
      issue_number: issue,
      per_page: 100,
    });
    return data.some(({ body }) => body?.includes(text)) ? true : null;
  });
}

describe('the promotion API', () => {
  it('promotes and rolls back by the rules of the commands, each trace once', async () => {
    const world = await startWorld();
    const issue = await stage(world, 'v1.1.0');

    const refusals: readonly (readonly [object, string | undefined, number, string])[] = [
      [promotion, undefined, 401, 'TOKEN_MISSING'],
      [promotion, 'abc', 401, 'TOKEN_MALFORMED'],
      [promotion, await tokenOf(world, { event: 'pull_request' }), 403, 'EVENT_NOT_ALLOWED'],
      [{ ...promotion, version: 'v9.9.9' }, await tokenOf(world), 404, 'RELEASE_UNKNOWN'],
      [{ ...promotion, canary: [50, 100] }, await tokenOf(world), 409, 'STEPS_DIFFER'],
    ];
    for (const [body, token, status, code] of refusals) {
      const answer = await ask(world, 'promotions', body, token);
      expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([status, code]);
    }

    const reader = await tokenOf(world, { actor: 'carol' });
    expect((await ask(world, 'promotions', { ...promotion, trace_id: 'carol' }, reader)).status).toBe(202);
    await comment(world, issue, 'NOT_PERMITTED');
    expect(await toProduction(world)).toEqual([]);

    for (let copy = 0; copy < 2; copy++) {
      const answer = await ask(world, 'promotions', promotion, await tokenOf(world));
      expect(answer.status).toBe(202);
      expect(await answer.json()).toMatchObject({
        accepted: true,
        command: 'promote',
        tracking_issue: issue,
      });
    }
    await deploy(world, 'production', 10);
    await reaches(world, 'v1.1.0', 'soaking');

    const back = { version: 'v1.1.0', reason: 'slo_breach', trace_id: 'trace-2' };
    expect((await ask(world, 'rollbacks', back, await tokenOf(world))).status).toBe(202);
    await deploy(world, 'production', 100, 'rollback');
    await reaches(world, 'v1.1.0', 'rolled_back');
    expect(await toProduction(world)).toEqual(['rollback', 'promote']);
  });
});

describe('a signed request', () => {
  const secret = 'a secret of at least some length';

  async function send(
    world: World,
    change: Partial<Record<'login' | 'secret' | 'body' | 'age', string>> = {},
  ) {
    const path = '/v1/promotions';
    const body = JSON.stringify(promotion);
    const timestamp = String(Math.floor(Date.now() / 1_000) - Number(change.age ?? 0));
    const signed = { timestamp, repository: 'acme/shop', path, body };
    const answer = await fetch(`${world.conductor.url}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-conductor-caller': change.login ?? 'mia',
        'x-conductor-repository': 'acme/shop',
        'x-conductor-timestamp': timestamp,
        'x-conductor-signature': signRequest(change.secret ?? secret, signed),
      },
      body: change.body ?? body,
    });
    return [answer.status, ((await answer.json()) as { code?: string }).code];
  }

  it('commands with the rights of the account whose secret signed it, and only so', async () => {
    const world = await startWorld({ CALLER_MIA_SECRET: secret, CALLER_CAROL_SECRET: 'of carol' });
    const issue = await stage(world, 'v1.1.0');
    const body = JSON.stringify({ ...promotion, trace_id: 'another' });
    expect(await send(world, { secret: 'wrong' })).toEqual([401, 'SIGNATURE_INVALID']);
    expect(await send(world, { login: 'alice' })).toEqual([401, 'SIGNATURE_INVALID']);
    expect(await send(world, { body })).toEqual([401, 'SIGNATURE_INVALID']);
    expect(await send(world, { age: '400' })).toEqual([401, 'SIGNATURE_EXPIRED']);
    expect(await toProduction(world)).toEqual([]);
    expect(await send(world, { login: 'carol', secret: 'of carol' })).toEqual([202, undefined]);
    await comment(world, issue, 'NOT_PERMITTED');
    expect(await toProduction(world)).toEqual([]);
  });

  it('promotes once', async () => {
    const world = await startWorld({ CALLER_MIA_SECRET: secret });
    await stage(world, 'v1.1.0');
    expect(await send(world)).toEqual([202, undefined]);
    await deploy(world, 'production', 10);
    await reaches(world, 'v1.1.0', 'soaking');
    expect(await toProduction(world)).toEqual(['promote']);
  });
});

describe('scenario 16: v1.2.0 is tagged while v1.1.0 is mid-canary', () => {
  it('with `on_new_tag: supersede` v1.1.0 goes back to v1.0.0 and v1.2.0 takes its place', async () => {
    const world = await startWorld();
    const metrics = `http://${world.env.ALLOWED_HOSTS}`;
    await commitFiles(world.alice, 'main', {
      '.github/release-conductor.yml': `${configText(metrics)}  on_new_tag: supersede\n`,
    });
    const issue = await stage(world, 'v1.1.0');
    await say(world, issue, '/promote 10');
    await deploy(world, 'production', 10);
    await reaches(world, 'v1.1.0', 'soaking');

    const sha = await commitFiles(world.alice, 'main', { 'next.txt': 'next' });
    await world.alice.rest.git.createRef({ ...repository, ref: 'refs/tags/v1.2.0', sha });
    await deploy(world, 'production', 100, 'rollback');
    await reaches(world, 'v1.1.0', 'rolled_back');
    await reaches(world, 'v1.2.0', 'queued', 'planning', 'gating');
    const { data } = await world.alice.rest.repos.listDeployments({ ...repository, task: 'rollback' });
    expect(data.map(({ payload }) => payload)).toMatchObject([{ version: 'v1.0.0', weight: 100 }]);
    expect((await readRelease(world, 'v1.1.0')).held).toBe('superseded by v1.2.0');
  });
});

describe('commands over the API', () => {
  it('are read, decided and answered as in a comment, each trace once', async () => {
    const world = await startWorld();
    const issue = await stage(world, 'v1.1.0');
    const give = async (
      command: string,
      trace: string,
      token?: string,
      subject: object = { release: 'v1.1.0' },
    ) => {
      const answer = await ask(
        world,
        'commands',
        { ...subject, command, trace_id: trace },
        token ?? (await tokenOf(world)),
      );
      return { status: answer.status, body: (await answer.json()) as Record<string, string> };
    };
    const refusals: readonly (readonly [string, object, number, string])[] = [
      ['/promote 5O', { release: 'v1.1.0' }, 422, 'BAD_ARGUMENT'],
      ['/promot 10', { release: 'v1.1.0' }, 422, 'UNKNOWN_COMMAND'],
      ['promote 10', { release: 'v1.1.0' }, 422, 'NOT_A_COMMAND'],
      ['/hold\n/promote 10', { release: 'v1.1.0' }, 422, 'TOO_MANY_COMMANDS'],
      ['/status\n/why', { release: 'v1.1.0' }, 422, 'TOO_MANY_COMMANDS'],
      ['/hold', { release: 'v9.9.9' }, 404, 'RELEASE_UNKNOWN'],
      ['/gates', { pull_request: 4711 }, 404, 'CHANGE_UNKNOWN'],
      ['/hold', {}, 400, 'SUBJECT_MISSING'],
    ];
    for (const [command, subject, status, code] of refusals) {
      const answer = await give(command, 'x', undefined, subject);
      expect([command, answer.status, answer.body.code]).toEqual([command, status, code]);
    }
    const outcome = (id: string | undefined): Promise<{ outcome: string; codes: string[] }> =>
      eventually(async () => {
        const query = new URLSearchParams({ repository: 'acme/shop', release: 'v1.1.0', id: id ?? '' });
        const answer = await fetch(`${world.conductor.url}/v1/commands?${query}`);
        const [found] = ((await answer.json()) as { commands: { outcome: string; codes: string[] }[] })
          .commands;
        return found === undefined || found.outcome === 'pending' ? null : found;
      });
    const dry = await give('/promote 100 --dry-run', 'dry');
    expect(dry).toMatchObject({ status: 202, body: { command: 'promote', issue } });
    expect(await outcome(dry.body.id)).toMatchObject({ outcome: 'answered', codes: ['STEP_SKIPPED'] });
    const refused = await give('/promote 100', 'skip');
    expect(await outcome(refused.body.id)).toMatchObject({ outcome: 'refused', codes: ['STEP_SKIPPED'] });
    const denied = await give('/hold', 'carol', await tokenOf(world, { actor: 'carol' }));
    expect(await outcome(denied.body.id)).toMatchObject({ outcome: 'refused', codes: ['NOT_PERMITTED'] });
    const token = await tokenOf(world);
    const held = await give('/hold by the pipeline', 'hold', token);
    expect(await outcome(held.body.id)).toMatchObject({ outcome: 'accepted', codes: [] });
    expect((await give('/resume', 'resume', token)).body.code).toBe('TOKEN_REPLAYED');
    expect((await give('/hold by the pipeline', 'hold')).body.id).toBe(held.body.id);
    expect((await readRelease(world, 'v1.1.0')).held).toBe('by the pipeline');
  });
});
