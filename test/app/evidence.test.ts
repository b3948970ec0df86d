import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startConductor } from '../../app/start.ts';
import { sha256Hex } from '../support/digest.ts';
import { commitFiles, oidcToken, repository, startWorld, submit, type World, workflowPath } from './world.ts';

let world: World;
let sha: string;
let number = 0;
const closers: (() => unknown)[] = [];
beforeAll(async () => {
  world = await startWorld({}, startConductor, (close) => closers.unshift(close));
});
afterAll(async () => {
  for (const close of closers) await close();
});
beforeEach(async () => {
  number += 1;
  const branch = `feature-${number}`;
  sha = await commitFiles(world.alice, branch, { 'a.txt': branch });
  await world.alice.rest.pulls.create({ ...repository, head: branch, base: 'main', title: branch });
});

const stored = async (): Promise<number> =>
  (await world.query('select 1 from gate_results where sha = $1', [sha])).length;

describe('POST /v1/evidence', () => {
  it('believes a job of the trusted workflow, once', async () => {
    const answer = await submit(world, { gate: 'slo', sha });
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({
      accepted: true,
      gate: 'slo',
      result_sha256: expect.any(String),
    });
    expect(await stored()).toBe(1);
    expect(await world.query('select path from evidence_files')).toEqual([{ path: 'perf/slo.json' }]);
  });

  it.each<[string, number, string, () => Partial<Parameters<typeof submit>[1]>]>([
    ['a token that is none', 401, 'TOKEN_MALFORMED', () => ({ token: 'abc' })],
    [
      'a result for another commit',
      422,
      'OTHER_COMMIT',
      () => ({ result: { subject: { repository: 'acme/shop', sha: 'b'.repeat(40), ref: 'x' } } }),
    ],
    [
      'a result of another repository',
      403,
      'REPOSITORY_MISMATCH',
      () => ({ result: { subject: { repository: 'acme/other', sha, ref: 'x' } } }),
    ],
    [
      'another config than the base branch has',
      403,
      'OTHER_CONFIG',
      () => ({ result: { inputs: { config_sha256: sha256Hex('mine') } } }),
    ],
    ['files that the result does not name', 422, 'FILES_MISMATCH', () => ({ result: { evidence: [] } })],
    ['a result that is none', 422, 'RESULT_INVALID', () => ({ result: { verdict: 'great' as never } })],
    ['an event that runs with secrets', 403, 'EVENT_NOT_ALLOWED', () => ({ event: 'pull_request_target' })],
  ])('refuses %s', async (_name, status, code, change) => {
    const answer = await submit(world, { gate: 'slo', sha, ...change() });
    expect(await answer.json()).toMatchObject({ code, help: expect.any(String) });
    expect(answer.status).toBe(status);
    expect(await stored()).toBe(0);
  });

  it('refuses a token that vouched for another result before', async () => {
    const run = await world.github.createRun('acme/shop', {
      path: workflowPath,
      name: 'gates',
      headSha: sha,
      headBranch: `feature-${number}`,
      event: 'pull_request',
    });
    const ref = 'refs/heads/feature';
    const workflowRef = `acme/shop/${workflowPath}@${ref}`;
    const claims = { ref, workflowRef, environment: null, actor: 'alice' };
    const request = world.github.oidcRequest('acme/shop', run, claims);
    const token = await oidcToken(request, world.conductor.url);
    expect((await submit(world, { gate: 'slo', sha, token })).status).toBe(202);
    const again = await submit(world, { gate: 'slo', sha, token, verdict: 'fail' });
    expect(await again.json()).toMatchObject({ code: 'TOKEN_REPLAYED' });
    expect(await stored()).toBe(1);
  });

  it('refuses a change that edits the workflow which judges it', async () => {
    sha = await commitFiles(world.alice, `feature-${number}`, { [workflowPath]: 'on: [push]\njobs: {}\n' });
    const answer = await submit(world, { gate: 'slo', sha });
    expect(await answer.json()).toMatchObject({ code: 'WORKFLOW_CHANGED' });
    expect(await stored()).toBe(0);
  });

  it.each([
    ['no token', {}, 401, 'TOKEN_MISSING'],
    ['a password', { authorization: 'Basic abc' }, 401, 'TOKEN_MISSING'],
  ])('refuses a request with %s', async (_name, headers, status, code) => {
    const answer = await fetch(`${world.conductor.url}/v1/evidence`, { method: 'POST', headers, body: 'x' });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code });
  });
});

describe('the other pages', () => {
  it('describe the API, show the keys, the state, health and metrics', async () => {
    const get = (path: string): Promise<Response> => fetch(`${world.conductor.url}${path}`);
    const description = (await (await get('/v1/openapi.json')).json()) as { openapi: string; paths: object };
    expect(description.openapi).toBe('3.1.0');
    expect(Object.keys(description.paths)).toEqual(
      expect.arrayContaining(['/v1/audit', '/v1/audit/heads', '/v1/evidence', '/v1/releases']),
    );
    expect(await (await get('/.well-known/release-conductor/keys.json')).json()).toMatchObject({
      keys: [{ hint: expect.stringMatching(/^[0-9a-f]{64}$/), pem: expect.stringContaining('PUBLIC KEY') }],
    });
    expect(await (await get('/health')).json()).toEqual({ status: 'ok' });
    expect(await (await get('/v1/audit?repository=acme/shop&action=none')).json()).toEqual({
      entries: [],
      next: null,
    });
    expect((await get('/v1/audit')).status).toBe(400);
    expect(await (await get('/audit?repository=acme/shop')).text()).toContain('<h1>Audit log</h1>');
    expect((await get('/ready')).status).toBe(200);
    expect(await (await get('/metrics')).text()).toContain('conductor_webhooks_received_total');
    expect(await (await get('/')).text()).toContain('<h1>Release Conductor</h1>');
    expect((await get('/v1/releases/v9')).status).toBe(404);
    expect(await (await get('/nowhere')).json()).toMatchObject({ code: 'NOT_FOUND' });
  });
});
