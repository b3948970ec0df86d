import { describe, expect, it } from 'vitest';
import { forgeOverStubs, ours } from './support.ts';

const sha = (letter: string): string => letter.repeat(40);

describe('people', () => {
  it.each([
    [{ permission: 'write', role_name: 'maintain' }, 'maintain'],
    [{ permission: 'read', role_name: 'triage' }, 'triage'],
    [{ permission: 'none', role_name: 'none' }, null],
  ])('have the role that %j names', async (answer, role) => {
    const { forge, github } = forgeOverStubs();
    github.get('/repos/acme/shop/collaborators/bob/permission').reply(200, answer);
    expect(await forge.readRole('bob')).toBe(role);
  });

  it('have no role when GitHub knows of none', async () => {
    const { forge, github } = forgeOverStubs();
    github.get('/repos/acme/shop/collaborators/bob/permission').reply(404, { message: 'Not Found' });
    expect(await forge.readRole('bob')).toBeNull();
  });

  it.each([
    ['an active member', 200, { state: 'active' }, true],
    ['somebody who has not accepted yet', 200, { state: 'pending' }, false],
    ['nobody', 404, { message: 'Not Found' }, false],
  ])('%s is a member or not', async (_name, status, answer, member) => {
    const { forge, github } = forgeOverStubs();
    github.get('/orgs/acme/teams/sre/memberships/bob').reply(status, answer);
    expect(await forge.isActiveTeamMember('@acme/sre', 'bob')).toBe(member);
  });

  it('of another organisation are never asked about', async () => {
    const { forge } = forgeOverStubs();
    expect(await forge.isActiveTeamMember('evil/sre', 'bob')).toBe(false);
  });
});

describe('refs', () => {
  it('are peeled through annotated tags', async () => {
    const { forge, github } = forgeOverStubs();
    github.get('/repos/acme/shop/git/ref/tags%2Fv1').reply(200, { object: { sha: sha('a'), type: 'tag' } });
    github
      .get(`/repos/acme/shop/git/tags/${sha('a')}`)
      .reply(200, { object: { sha: sha('b'), type: 'tag' } });
    github
      .get(`/repos/acme/shop/git/tags/${sha('b')}`)
      .reply(200, { object: { sha: sha('c'), type: 'commit' } });
    expect(await forge.resolveRef('tags/v1')).toEqual({ object: sha('a'), commit: sha('c') });
  });

  it('that do not exist are null', async () => {
    const { forge, github } = forgeOverStubs();
    github.get('/repos/acme/shop/git/ref/tags%2Fv1').reply(404, { message: 'Not Found' });
    expect(await forge.resolveRef('tags/v1')).toBeNull();
  });

  it.each([
    ['ahead', true],
    ['identical', true],
    ['behind', false],
    ['diverged', false],
  ])('%s means ancestor: %s', async (status, ancestor) => {
    const { forge, github } = forgeOverStubs();
    github
      .get(/\/compare\//)
      .query(true)
      .reply(200, { status });
    expect(await forge.isAncestor(sha('a'), sha('b'))).toBe(ancestor);
  });
});

describe('files', () => {
  it('are read from the contents, or from the blob when they are large', async () => {
    const { forge, github } = forgeOverStubs();
    const base64 = Buffer.from('hello').toString('base64');
    github
      .get('/repos/acme/shop/contents/a/b%20c.txt')
      .query({ ref: sha('a') })
      .reply(200, { type: 'file', sha: sha('1'), size: 5, encoding: 'base64', content: base64 });
    github
      .get('/repos/acme/shop/contents/big')
      .query({ ref: sha('a') })
      .reply(200, { type: 'file', sha: sha('2'), size: 2_000_000, encoding: 'none', content: '' });
    github.get(`/repos/acme/shop/git/blobs/${sha('2')}`).reply(200, { content: base64, encoding: 'base64' });
    const files = forge.filesAt(sha('a'));
    expect(new TextDecoder().decode((await files.read('a/b c.txt')) ?? undefined)).toBe('hello');
    expect(new TextDecoder().decode((await files.read('big')) ?? undefined)).toBe('hello');
    expect(new TextDecoder().decode((await files.read('a/b c.txt')) ?? undefined)).toBe('hello');
  });

  it('are told from symbolic links', async () => {
    const { forge, github } = forgeOverStubs();
    const blob = (path: string, mode: string) => ({ path, mode, type: 'blob' });
    const tree = [
      blob('b.yml', '100644'),
      blob('a.yml', '120000'),
      { path: 'c', mode: '040000', type: 'tree' },
    ];
    github
      .get(`/repos/acme/shop/git/trees/${sha('a')}`)
      .query({ recursive: '1' })
      .reply(200, { tree });
    const files = forge.filesAt(sha('a'));
    expect(await files.isLink?.('a.yml')).toBe(true);
    expect(await files.isLink?.('b.yml')).toBe(false);
    expect(await files.isLink?.('nowhere')).toBe(false);
    expect(await files.list(['*.yml'])).toEqual(['a.yml', 'b.yml']);
  });

  it.each([
    ['missing', 404, { message: 'Not Found' }],
    ['a folder', 200, []],
    ['a submodule', 200, { type: 'submodule', sha: sha('1'), size: 0 }],
  ])('that are %s are null', async (_name, status, answer) => {
    const { forge, github } = forgeOverStubs();
    github.get('/repos/acme/shop/contents/x').query(true).reply(status, answer);
    expect(await forge.filesAt(sha('a')).read('x')).toBeNull();
  });

  it('above the limit are refused before they are fetched', async () => {
    const { forge, github } = forgeOverStubs();
    github
      .get('/repos/acme/shop/contents/x')
      .query(true)
      .reply(200, { type: 'file', sha: sha('1'), size: 99 });
    await expect(forge.filesAt(sha('a')).read('x', 98)).rejects.toMatchObject({ code: 'FILE_TOO_LARGE' });
  });
});

describe('deployments', () => {
  const asked = {
    key: 'release/x#deploy/1',
    sha: sha('a'),
    environment: 'production',
    task: 'promote',
    description: 'd',
    payload: { schema_version: 1, release: 'v1', version: 'v1', step: 1, weight: 10 },
  } as const;
  const query = { sha: sha('a'), environment: 'production', task: 'promote', per_page: 100, page: 1 };

  it('are made once, whatever form GitHub gives the payload back in', async () => {
    for (const payload of [{ idempotency_key: asked.key }, JSON.stringify({ idempotency_key: asked.key })]) {
      const { forge, github } = forgeOverStubs();
      github
        .get('/repos/acme/shop/deployments')
        .query(query)
        .reply(200, [{ id: 9, payload, creator: ours }]);
      expect(await forge.deployer.order(asked)).toEqual({ id: 9 });
    }
  });

  it('do not take one for ours that somebody else made', async () => {
    const { forge, github } = forgeOverStubs();
    const forged = { id: 9, payload: { idempotency_key: asked.key }, creator: { login: 'mallory' } };
    github.get('/repos/acme/shop/deployments').query(query).reply(200, [forged]);
    github
      .post('/repos/acme/shop/deployments', (body) => body.auto_merge === false && body.payload.weight === 10)
      .reply(201, { id: 10 });
    expect(await forge.deployer.order(asked)).toEqual({ id: 10 });
  });

  it('do not take another order of ours for this one', async () => {
    const { forge, github } = forgeOverStubs();
    const other = { id: 9, payload: { idempotency_key: 'release/x#deploy/0' }, creator: ours };
    github.get('/repos/acme/shop/deployments').query(query).reply(200, [other]);
    github.post('/repos/acme/shop/deployments').reply(201, { id: 10 });
    expect(await forge.deployer.order(asked)).toEqual({ id: 10 });
  });

  const known = { id: 9, payload: { idempotency_key: asked.key }, creator: ours };
  const statuses = '/repos/acme/shop/deployments/9/statuses';

  it('start their workflow, and say so', async () => {
    const { forge, github } = forgeOverStubs();
    github.get('/repos/acme/shop/deployments').query(query).reply(200, [known]);
    github.get(statuses).query(true).reply(200, []);
    github.get('/repos/acme/shop').reply(200, { default_branch: 'main' });
    github
      .post(
        '/repos/acme/shop/actions/workflows/deploy.yml/dispatches',
        ({ inputs }) => inputs.weight === '10',
      )
      .reply(204);
    github.post(statuses, ({ state }) => state === 'queued').reply(201, {});
    expect(await forge.deployer.order({ ...asked, workflow: 'deploy.yml' })).toEqual({ id: 9 });
  });

  it('start their workflow once: whoever has spoken of the order was started', async () => {
    const { forge, github } = forgeOverStubs();
    github.get('/repos/acme/shop/deployments').query(query).reply(200, [known]);
    const status = { state: 'queued', creator: ours, created_at: '2026-01-02T03:04:05Z' };
    github.get(statuses).query(true).reply(200, [status]);
    expect(await forge.deployer.order({ ...asked, workflow: 'deploy.yml' })).toEqual({ id: 9 });
  });
});

describe('a pull request', () => {
  it.each([
    ['the same repository', { full_name: 'acme/shop' }, false],
    ['a fork', { full_name: 'mallory/shop' }, true],
    ['a fork that was deleted', null, true],
  ])('from %s is told as such', async (_name, repo, fork) => {
    const { forge, github } = forgeOverStubs();
    github.get('/repos/acme/shop/pulls/1').reply(200, {
      state: 'open',
      title: 'Add a',
      user: { login: 'bob' },
      head: { sha: sha('a'), ref: 'x', repo },
      base: { sha: sha('b'), ref: 'main', repo: { full_name: 'acme/shop' } },
    });
    expect((await forge.readPullRequest(1)).fork).toBe(fork);
  });
});
