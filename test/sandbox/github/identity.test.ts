import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalGithub } from '../../../sandbox/github/index.ts';
import { asApp, asUser, octokitOf, repository, startSample } from './support.ts';

let github: LocalGithub;
beforeAll(async () => {
  github = await startSample();
});
afterAll(() => github.close());

describe('who may do what on the local GitHub', () => {
  it('knows the App by its JWT and gives it an installation token with its permissions', async () => {
    const { app } = asApp(github);
    const { data: itself } = await app.rest.apps.getAuthenticated();
    const { data: token } = await app.rest.apps.createInstallationAccessToken({
      installation_id: github.app.installationId,
    });
    expect(itself).toMatchObject({ id: 4711, slug: 'release-conductor' });
    expect(token.permissions).toMatchObject({ checks: 'write', statuses: 'read' });
  });

  it('gives a narrower token when asked, and holds it to that', async () => {
    const { app } = asApp(github);
    const { data } = await app.rest.apps.createInstallationAccessToken({
      installation_id: github.app.installationId,
      permissions: { checks: 'read' },
    });
    const narrow = octokitOf(github, data.token);
    await expect(narrow.rest.issues.create({ ...repository, title: 'x' })).rejects.toMatchObject({
      status: 403,
    });
  });

  it('refuses a token that nobody issued', async () => {
    const stranger = octokitOf(github, 'ghp_invented');
    await expect(stranger.rest.repos.get(repository)).rejects.toMatchObject({ status: 401 });
  });

  it.each([
    ['carol', 'read', 'opens an issue', true],
    ['carol', 'read', 'moves a branch', false],
    ['bob', 'write', 'moves a branch', true],
    ['bob', 'write', 'writes a ruleset', false],
    ['alice', 'admin', 'writes a ruleset', true],
  ] as const)('%s with role %s %s: %s', async (login, _role, action, allowed) => {
    const octokit = asUser(github, login);
    const main = await octokit.rest.git.getRef({ ...repository, ref: 'heads/main' });
    const attempt = {
      'opens an issue': () => octokit.rest.issues.create({ ...repository, title: 'x' }),
      'moves a branch': () =>
        octokit.rest.git.createRef({
          ...repository,
          ref: `refs/heads/by-${login}`,
          sha: main.data.object.sha,
        }),
      'writes a ruleset': () =>
        octokit.request('POST /repos/{owner}/{repo}/rulesets', {
          ...repository,
          name: 'none',
          enforcement: 'disabled',
        }),
    }[action];
    if (allowed) expect((await attempt()).status).toBe(201);
    else await expect(attempt()).rejects.toMatchObject({ status: 403 });
  });

  it.each([
    ['alice', 'admin', 'admin'],
    ['mia', 'maintain', 'write'],
    ['bob', 'write', 'write'],
    ['carol', 'read', 'read'],
  ])('tells the role of %s as %s, and the permission as %s', async (username, role, permission) => {
    const { installation } = asApp(github);
    const { data } = await installation.rest.repos.getCollaboratorPermissionLevel({
      ...repository,
      username,
    });
    expect(data).toMatchObject({ role_name: role, permission });
  });

  it('answers 404 for the permission of somebody who does not exist', async () => {
    const { installation } = asApp(github);
    const asked = installation.rest.repos.getCollaboratorPermissionLevel({
      ...repository,
      username: 'nobody',
    });
    await expect(asked).rejects.toMatchObject({ status: 404 });
  });

  it('tells a pending team membership from an active one and from none', async () => {
    const { installation } = asApp(github);
    const stateOf = async (username: string) => {
      const team = { org: 'acme', team_slug: 'release-managers', username };
      return (await installation.rest.teams.getMembershipForUserInOrg(team)).data.state;
    };
    expect(await stateOf('alice')).toBe('active');
    expect(await stateOf('bob')).toBe('pending');
    await expect(stateOf('carol')).rejects.toMatchObject({ status: 404 });
  });

  it('lets only apps write check runs', async () => {
    const alice = asUser(github, 'alice');
    const main = await alice.rest.git.getRef({ ...repository, ref: 'heads/main' });
    const forged = alice.rest.checks.create({
      ...repository,
      name: 'slo-gates',
      head_sha: main.data.object.sha,
    });
    await expect(forged).rejects.toMatchObject({ status: 403 });
  });

  it('holds a job to the permissions of its GITHUB_TOKEN', async () => {
    const { data } = await asUser(github, 'alice').rest.git.getRef({ ...repository, ref: 'heads/main' });
    const run = await github.createRun('acme/shop', {
      path: '.github/workflows/gates.yml',
      name: 'gates',
      headSha: data.object.sha,
      headBranch: 'main',
      event: 'push',
    });
    const job = octokitOf(github, github.jobToken('acme/shop', run.id, { contents: 'read' }));
    expect((await job.rest.repos.getContent({ ...repository, path: 'README.md' })).status).toBe(200);
    await expect(
      job.rest.git.createRef({ ...repository, ref: 'refs/tags/v9', sha: data.object.sha }),
    ).rejects.toMatchObject({ status: 403 });
    await expect(job.rest.issues.listForRepo(repository)).rejects.toMatchObject({ status: 403 });
  });
});
