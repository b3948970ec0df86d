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
  github = await startSample({
    repository: { name: 'shop', files: new Map([['.github/workflows/gates.yml', 'on: push\n']]) },
  });
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

const start = () =>
  github.createRun('acme/shop', {
    path: '.github/workflows/gates.yml',
    name: 'gates',
    headSha: sha,
    headBranch: 'main',
    event: 'push',
  });

describe('workflow runs of the local GitHub', () => {
  it('tell each step of their life and carry a check run of GitHub Actions', async () => {
    const run = await start();
    await github.updateRun('acme/shop', run.id, 'in_progress', null);
    await github.updateRun('acme/shop', run.id, 'completed', 'failure');
    await github.settled();
    expect(hook.names()).toEqual([
      'check_run.created',
      'workflow_run.requested',
      'workflow_run.in_progress',
      'check_run.completed',
      'check_suite.completed',
      'workflow_run.completed',
    ]);
    const { data } = await installation.rest.checks.listForRef({
      ...repository,
      ref: sha,
      check_name: 'gates',
    });
    expect(data.check_runs[0]).toMatchObject({
      conclusion: 'failure',
      app: { id: 15368, slug: 'github-actions' },
    });
  });

  it('can be read by the App: commit, file, attempt, event', async () => {
    const run = await start();
    const { data } = await installation.rest.actions.getWorkflowRun({ ...repository, run_id: run.id });
    expect(data).toMatchObject({
      id: run.id,
      head_sha: sha,
      head_branch: 'main',
      path: '.github/workflows/gates.yml',
      run_attempt: 1,
      event: 'push',
      head_repository: { full_name: 'acme/shop' },
    });
    await expect(
      installation.rest.actions.getWorkflowRun({ ...repository, run_id: 1 }),
    ).rejects.toMatchObject({
      status: 404,
    });
  });

  it('run again when asked, as the next attempt with a check run of its own, but not while they run', async () => {
    const run = await start();
    const again = () => asUser(github, 'bob').rest.actions.reRunWorkflow({ ...repository, run_id: run.id });
    await expect(again()).rejects.toMatchObject({ status: 403 });
    await github.updateRun('acme/shop', run.id, 'completed', 'failure');
    const heard: number[] = [];
    const unsubscribe = github.subscribeReruns((_, { attempt }) => heard.push(attempt));
    await again();
    unsubscribe();
    const { data } = await installation.rest.actions.getWorkflowRun({ ...repository, run_id: run.id });
    expect(data).toMatchObject({ run_attempt: 2, status: 'queued', conclusion: null });
    expect(heard).toEqual([2]);
  });

  it('keep artifacts', async () => {
    const run = await start();
    await github.uploadArtifact('acme/shop', run.id, 'results', Buffer.from('zip bytes'));
    const { data } = await installation.rest.actions.listWorkflowRunArtifacts({
      ...repository,
      run_id: run.id,
    });
    const [artifact] = data.artifacts;
    const { data: zip } = await installation.rest.actions.downloadArtifact({
      ...repository,
      artifact_id: artifact?.id ?? 0,
      archive_format: 'zip',
    });
    expect(artifact).toMatchObject({ name: 'results', workflow_run: { id: run.id } });
    expect(Buffer.from(zip as ArrayBuffer).toString()).toBe('zip bytes');
  });

  it('are not started by what a job does, but by what the App does', async () => {
    const run = await start();
    const job = octokitOf(
      github,
      github.jobToken('acme/shop', run.id, { issues: 'write', actions: 'write' }),
    );
    seen.length = 0;
    await job.rest.issues.create({ ...repository, title: 'by a job' });
    expect(seen).toEqual([]);
    await installation.rest.issues.create({ ...repository, title: 'by the App' });
    expect(seen.map(({ name, ref }) => [name, ref])).toEqual([['issues', 'refs/heads/main']]);
  });

  it('are started by a job through workflow_dispatch, on the ref that it names', async () => {
    const run = await start();
    const job = octokitOf(github, github.jobToken('acme/shop', run.id, { actions: 'write' }));
    seen.length = 0;
    await job.rest.actions.createWorkflowDispatch({
      ...repository,
      workflow_id: 'gates.yml',
      ref: 'main',
      inputs: { step: '10' },
    });
    expect(seen).toMatchObject([
      { name: 'workflow_dispatch', sha, ref: 'refs/heads/main', payload: { inputs: { step: '10' } } },
    ]);
  });

  it('cannot be dispatched for a workflow that does not exist', async () => {
    const dispatch = asUser(github, 'alice').rest.actions.createWorkflowDispatch({
      ...repository,
      workflow_id: 'none.yml',
      ref: 'main',
    });
    await expect(dispatch).rejects.toMatchObject({ status: 404 });
  });
});
