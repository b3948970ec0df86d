import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxRun } from '../../../sandbox/contract.ts';
import type { LocalGithub } from '../../../sandbox/github/index.ts';
import { asUser, repository, startSample } from './support.ts';

let github: LocalGithub;
let run: SandboxRun;

beforeAll(async () => {
  github = await startSample();
  const { data } = await asUser(github, 'alice').rest.git.getRef({ ...repository, ref: 'heads/main' });
  run = await github.createRun('acme/shop', {
    path: '.github/workflows/gates.yml',
    name: 'gates',
    headSha: data.object.sha,
    headBranch: 'main',
    event: 'push',
  });
});
afterAll(() => github.close());

const workflowRef = 'acme/shop/.github/workflows/gates.yml@refs/heads/main';

async function tokenOf(environment: string | null, audience = 'release-conductor'): Promise<string> {
  const job = { ref: 'refs/heads/main', workflowRef, environment, actor: 'alice' };
  const { url, token } = github.oidcRequest('acme/shop', run, job);
  const response = await fetch(`${url}&audience=${audience}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return ((await response.json()) as { value: string }).value;
}

async function verified(token: string, audience = 'release-conductor') {
  const at = `${github.oidcIssuer}/.well-known/openid-configuration`;
  const configuration = (await (await fetch(at)).json()) as { jwks_uri: string; issuer: string };
  const keys = createRemoteJWKSet(new URL(configuration.jwks_uri));
  return (await jwtVerify(token, keys, { issuer: configuration.issuer, audience })).payload;
}

describe('identity tokens of jobs', () => {
  it('verify against the published keys and say which run of which workflow it is', async () => {
    const claims = await verified(await tokenOf(null));
    expect(claims).toMatchObject({
      iss: github.oidcIssuer,
      sub: 'repo:acme/shop:ref:refs/heads/main',
      repository: 'acme/shop',
      repository_owner: 'acme',
      run_id: String(run.id),
      run_attempt: '1',
      sha: run.headSha,
      ref: 'refs/heads/main',
      event_name: 'push',
      workflow: 'gates',
      workflow_ref: workflowRef,
      job_workflow_ref: workflowRef,
      workflow_sha: run.headSha,
      actor: 'alice',
    });
    expect(claims.jti).toMatch(/^[0-9a-f-]{36}$/);
    expect(claims).not.toHaveProperty('environment');
  });

  it('name the environment in claim and subject', async () => {
    const claims = await verified(await tokenOf('production'));
    expect(claims).toMatchObject({ environment: 'production', sub: 'repo:acme/shop:environment:production' });
  });

  it('are for the audience that was asked for, and have an id of their own', async () => {
    const [one, two] = await Promise.all([tokenOf(null, 'a'), tokenOf(null, 'a')]);
    const first = await verified(one, 'a');
    const second = await verified(two, 'a');
    expect(first.jti).not.toBe(second.jti);
    await expect(verified(one, 'b')).rejects.toThrow(/aud/);
  });

  it('are given to nobody without the job’s request token', async () => {
    const { url } = github.oidcRequest('acme/shop', run, {
      ref: 'refs/heads/main',
      workflowRef,
      environment: null,
      actor: 'alice',
    });
    const response = await fetch(url, { headers: { authorization: 'Bearer invented' } });
    expect(response.status).toBe(401);
  });
});
