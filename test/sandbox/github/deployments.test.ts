import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GithubEvent } from '../../../sandbox/contract.ts';
import type { LocalGithub } from '../../../sandbox/github/index.ts';
import { asApp, asUser, type Octokit, octokitOf, repository, startReceiver, startSample } from './support.ts';

let github: LocalGithub;
let installation: Octokit;
let hook: Awaited<ReturnType<typeof startReceiver>>;
let sha: string;
const seen: GithubEvent[] = [];

beforeAll(async () => {
  github = await startSample();
  installation = asApp(github).installation;
  hook = await startReceiver();
  github.setWebhookUrl(hook.url);
  github.subscribe((event) => seen.push(event));
  sha = (await installation.rest.git.getRef({ ...repository, ref: 'heads/main' })).data.object.sha;
});
afterAll(async () => {
  await hook.close();
  await github.close();
});
beforeEach(() => {
  hook.received.length = 0;
  seen.length = 0;
});

const deploy = (more: Record<string, unknown> = {}) =>
  installation.rest.repos.createDeployment({
    ...repository,
    ref: sha,
    task: 'promote',
    environment: 'stage',
    auto_merge: false,
    required_contexts: [],
    payload: { schema_version: 1, release: 'v1.0.0', version: 'v1.0.0', step: 0, weight: 10 },
    ...more,
  }) as Promise<{ status: number; data: { id: number; sha: string; payload: unknown } }>;

const report = (octokit: Octokit, id: number, state: 'in_progress' | 'success' | 'failure' | 'inactive') =>
  octokit.rest.repos.createDeploymentStatus({ ...repository, deployment_id: id, state });

describe('deployments of the local GitHub', () => {
  it('tell the App and the workflows, with the payload as it was given', async () => {
    const { status, data } = await deploy();
    await github.settled();
    const payload = { schema_version: 1, release: 'v1.0.0', version: 'v1.0.0', step: 0, weight: 10 };
    expect(status).toBe(201);
    expect(hook.received[0]?.payload).toMatchObject({
      action: 'created',
      deployment: { id: data.id, sha, task: 'promote', environment: 'stage', payload },
      sender: { login: 'release-conductor[bot]', type: 'Bot' },
    });
    expect(seen).toMatchObject([{ name: 'deployment', sha, ref: '' }]);
  });

  it('run on the branch that they name', async () => {
    await deploy({ ref: 'main' });
    expect(seen).toMatchObject([{ name: 'deployment', sha, ref: 'refs/heads/main' }]);
  });

  it('report their states, newest first, to the App', async () => {
    const { data } = await deploy();
    const run = { path: '.github/workflows/deploy.yml', name: 'deploy', headSha: sha, headBranch: null };
    const { id } = await github.createRun('acme/shop', { ...run, event: 'deployment' });
    const job = octokitOf(github, github.jobToken('acme/shop', id, { deployments: 'write' }));
    seen.length = 0;
    await report(job, data.id, 'in_progress');
    await report(job, data.id, 'success');
    await github.settled();

    const { data: statuses } = await installation.rest.repos.listDeploymentStatuses({
      ...repository,
      deployment_id: data.id,
    });
    expect(statuses.map(({ state }) => state)).toEqual(['success', 'in_progress']);
    const told = hook.received.filter(({ event }) => event === 'deployment_status');
    expect(told.map(({ payload }) => payload)).toMatchObject([
      { deployment_status: { state: 'in_progress' }, deployment: { id: data.id } },
      { deployment_status: { state: 'success' }, sender: { login: 'github-actions[bot]' } },
    ]);
    // What a job does with its GITHUB_TOKEN starts no workflow.
    expect(seen).toEqual([]);
  });

  it('retire earlier ones of the same environment without an event, but never those of production', async () => {
    const earlier = await deploy({ environment: 'preview' });
    const later = await deploy({ environment: 'preview' });
    const first = await deploy({ environment: 'production' });
    const second = await deploy({ environment: 'production' });
    await github.settled();
    hook.received.length = 0;
    for (const { data } of [earlier, first, later, second]) await report(installation, data.id, 'success');
    await github.settled();
    const lastState = async (id: number) =>
      (await installation.rest.repos.listDeploymentStatuses({ ...repository, deployment_id: id })).data[0]
        ?.state;
    expect(await lastState(earlier.data.id)).toBe('inactive');
    expect(await lastState(first.data.id)).toBe('success');
    expect(hook.names()).toEqual(Array(4).fill('deployment_status.created'));
  });

  it('are found by environment and task', async () => {
    await deploy({ environment: 'canary', task: 'rollback' });
    const found = await installation.rest.repos.listDeployments({
      ...repository,
      environment: 'canary',
      task: 'rollback',
    });
    expect(found.data).toHaveLength(1);
  });

  it('wait for the contexts that they require', async () => {
    await expect(deploy({ required_contexts: ['slo-gates'] })).rejects.toMatchObject({ status: 409 });
    await installation.rest.checks.create({
      ...repository,
      name: 'slo-gates',
      head_sha: sha,
      conclusion: 'success',
    });
    expect((await deploy({ required_contexts: ['slo-gates'] })).status).toBe(201);
  });

  it.each([
    ['a ref that does not exist', { ref: 'nowhere' }],
    ['a description that is too long', { description: 'x'.repeat(141) }],
  ])('are refused for %s', async (_, more) => {
    await expect(deploy(more)).rejects.toMatchObject({ status: 422 });
  });
});

describe('environments of the local GitHub', () => {
  it('come into being with a deployment and take at most six custom rules', async () => {
    await deploy({ environment: 'guarded' });
    const alice = asUser(github, 'alice');
    const environment = { ...repository, environment_name: 'guarded' };
    const add = () =>
      alice.rest.repos.createDeploymentProtectionRule({ ...environment, integration_id: github.app.appId });
    for (let rule = 1; rule <= 6; rule += 1) expect((await add()).status).toBe(201);
    await expect(add()).rejects.toMatchObject({ status: 422 });
    const { data } = await alice.rest.repos.getAllEnvironments(repository);
    expect(data.environments?.map(({ name }) => name)).toContain('guarded');
  });
});
