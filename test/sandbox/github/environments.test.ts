import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LocalGithub } from '../../../sandbox/github/index.ts';
import {
  appEvents,
  appPermissions,
  asApp,
  asUser,
  type Octokit,
  repository,
  startReceiver,
  startSample,
} from './support.ts';

let github: LocalGithub;
let installation: Octokit;
let admin: Octokit;
let hook: Awaited<ReturnType<typeof startReceiver>>;
let sha: string;

beforeAll(async () => {
  github = await startSample({
    app: { permissions: appPermissions, events: [...appEvents, 'deployment_protection_rule'] },
  });
  installation = asApp(github).installation;
  admin = asUser(github, 'alice');
  hook = await startReceiver();
  github.setWebhookUrl(hook.url);
  sha = (await installation.rest.git.getRef({ ...repository, ref: 'heads/main' })).data.object.sha;
});
afterAll(async () => {
  await hook.close();
  await github.close();
});

const runAt = async () => {
  const run = { path: '.github/workflows/deploy.yml', name: 'deploy', headSha: sha, headBranch: 'main' };
  return (await github.createRun('acme/shop', { ...run, event: 'push' })).id;
};

const enter = (runId: number, environment: string, ref = 'refs/heads/main') =>
  github.enterEnvironment('acme/shop', runId, { environment, sha, ref }, AbortSignal.timeout(10_000));

const pendingOf = async (runId: number) =>
  (await admin.rest.actions.getPendingDeploymentsForRun({ ...repository, run_id: runId })).data;

const statesOf = async (deploymentId: number) =>
  (
    await installation.rest.repos.listDeploymentStatuses({ ...repository, deployment_id: deploymentId })
  ).data.map(({ state }) => state as string);

describe('a job at an environment of the local GitHub', () => {
  it('enters at once where nothing protects it, with a deployment that ends with the job', async () => {
    const { deploymentId, refused } = await enter(await runAt(), 'open');
    await github.leaveEnvironment('acme/shop', deploymentId, true);
    expect(refused).toBeNull();
    expect(await statesOf(deploymentId)).toEqual(['success', 'in_progress']);
  });

  it.each([
    ['approved', null],
    ['rejected', expect.stringContaining('the gates are red')],
  ] as const)('waits for the App, which is asked by webhook, and is %s', async (state, refused) => {
    const environment = `guarded-${state}`;
    await admin.rest.repos.createOrUpdateEnvironment({ ...repository, environment_name: environment });
    await admin.rest.repos.createDeploymentProtectionRule({
      ...repository,
      environment_name: environment,
      integration_id: github.app.appId,
    });
    const runId = await runAt();
    const entry = enter(runId, environment);
    const asked = await vi.waitUntil(() =>
      hook.received.find(
        ({ event, payload }) => event === 'deployment_protection_rule' && payload.environment === environment,
      ),
    );
    expect(asked.payload).toMatchObject({ action: 'requested', sha, ref: 'refs/heads/main', event: 'push' });
    expect(String(asked.payload.deployment_callback_url)).toContain(`/actions/runs/${runId}/`);
    await installation.rest.actions.reviewCustomGatesForRun({
      ...repository,
      run_id: runId,
      environment_name: environment,
      state,
      comment: 'the gates are red',
    });
    expect((await entry).refused).toEqual(refused);
  });

  it('waits for one of its reviewers; nobody else can let it in', async () => {
    const { data: alice } = await admin.rest.users.getAuthenticated();
    const { data: environment } = await admin.rest.repos.createOrUpdateEnvironment({
      ...repository,
      environment_name: 'reviewed',
      reviewers: [{ type: 'User', id: alice.id }],
    });
    const runId = await runAt();
    const entry = enter(runId, 'reviewed');
    await vi.waitUntil(async () => (await pendingOf(runId)).length > 0);
    const answer = {
      ...repository,
      run_id: runId,
      environment_ids: [environment.id],
      state: 'approved' as const,
      comment: 'go',
    };
    await expect(
      asUser(github, 'bob').rest.actions.reviewPendingDeploymentsForRun(answer),
    ).rejects.toMatchObject({ status: 403 });
    expect(await pendingOf(runId)).toMatchObject([
      { environment: { name: 'reviewed' }, current_user_can_approve: true },
    ]);
    await admin.rest.actions.reviewPendingDeploymentsForRun(answer);
    expect((await entry).refused).toBeNull();
  });

  it('is refused where the branch policy does not name its ref', async () => {
    await admin.rest.repos.createOrUpdateEnvironment({
      ...repository,
      environment_name: 'tags-only',
      deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
    });
    await admin.rest.repos.createDeploymentBranchPolicy({
      ...repository,
      environment_name: 'tags-only',
      name: 'v*',
      type: 'tag',
    });
    expect((await enter(await runAt(), 'tags-only')).refused).toContain('not allowed to deploy to tags-only');
    expect((await enter(await runAt(), 'tags-only', 'refs/tags/v1.0.0')).refused).toBeNull();
  });

  it('gives up waiting when its run is cancelled', async () => {
    const cancel = new AbortController();
    const runId = await runAt();
    const job = { environment: 'reviewed', sha, ref: 'refs/heads/main' };
    const entry = github.enterEnvironment('acme/shop', runId, job, cancel.signal);
    cancel.abort();
    expect((await entry).refused).toContain('cancelled');
  });
});
