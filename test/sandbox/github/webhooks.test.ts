import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LocalGithub } from '../../../sandbox/github/index.ts';
import {
  asApp,
  asUser,
  commitFiles,
  type Octokit,
  repository,
  startReceiver,
  startSample,
} from './support.ts';

let github: LocalGithub;
let bob: Octokit;
let app: Octokit;
let hook: Awaited<ReturnType<typeof startReceiver>>;

beforeAll(async () => {
  github = await startSample();
  bob = asUser(github, 'bob');
  app = asApp(github).app;
  hook = await startReceiver();
});
afterAll(async () => {
  await hook.close();
  await github.close();
});
beforeEach(() => {
  github.setWebhookUrl(hook.url);
  hook.received.length = 0;
});

async function openIssue(): Promise<number> {
  return (await bob.rest.issues.create({ ...repository, title: 'x' })).data.number;
}

describe('webhooks of the local GitHub', () => {
  it('are signed with the App’s secret over the bytes that were sent', async () => {
    await openIssue();
    await github.settled();
    const [delivery] = hook.received;
    const digest = createHmac('sha256', github.app.webhookSecret)
      .update(delivery?.body ?? '')
      .digest('hex');
    expect(delivery?.signature).toBe(`sha256=${digest}`);
    expect(delivery?.guid).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('come exactly once for a comment, an edit and a deletion', async () => {
    const issue_number = await openIssue();
    hook.received.length = 0;
    const { data } = await bob.rest.issues.createComment({
      ...repository,
      issue_number,
      body: '/promote 10',
    });
    await bob.rest.issues.updateComment({ ...repository, comment_id: data.id, body: '/promote 50' });
    await bob.rest.issues.deleteComment({ ...repository, comment_id: data.id });
    await github.settled();
    const comments = hook.received.filter(({ event }) => event === 'issue_comment');
    expect(comments.map(({ payload }) => payload)).toMatchObject([
      { action: 'created', comment: { body: '/promote 10', user: { login: 'bob', type: 'User' } } },
      { action: 'edited', changes: { body: { from: '/promote 10' } }, comment: { body: '/promote 50' } },
      { action: 'deleted' },
    ]);
    expect(comments[0]?.payload.issue).not.toHaveProperty('pull_request');
  });

  it('mark the issue of a pull request as one', async () => {
    await commitFiles(bob, 'talk', { 'talk.txt': 't' });
    const { data: pull } = await bob.rest.pulls.create({
      ...repository,
      title: 't',
      head: 'talk',
      base: 'main',
    });
    await bob.rest.issues.createComment({ ...repository, issue_number: pull.number, body: '/status' });
    await github.settled();
    const comment = hook.received.findLast(({ event }) => event === 'issue_comment');
    expect(comment?.payload).toMatchObject({
      issue: { number: pull.number, pull_request: { merged_at: null } },
    });
  });

  it('tell check_run and, with the last one, check_suite', async () => {
    const { installation } = asApp(github);
    const head_sha = (await installation.rest.git.getRef({ ...repository, ref: 'heads/main' })).data.object
      .sha;
    const { data } = await installation.rest.checks.create({ ...repository, name: 'policy-ci', head_sha });
    await installation.rest.checks.update({ ...repository, check_run_id: data.id, conclusion: 'failure' });
    await installation.rest.checks.rerequestRun({ ...repository, check_run_id: data.id });
    await github.settled();
    expect(hook.names()).toEqual([
      'check_run.created',
      'check_run.completed',
      'check_suite.completed',
      'check_run.rerequested',
    ]);
  });

  it('are not sent for events that the App does not subscribe to', async () => {
    const quiet = await startSample({ app: { permissions: { issues: 'write' }, events: ['push'] } });
    await asUser(quiet, 'bob').rest.issues.create({ ...repository, title: 'x' });
    expect(quiet.deliveries()).toEqual([]);
    await quiet.close();
  });

  it('are never tried again by themselves, but on demand, under the same GUID', async () => {
    github.setWebhookUrl('http://127.0.0.1:9/nobody');
    await openIssue();
    await github.settled();
    const lost = github.deliveries().at(-1);
    expect(lost).toMatchObject({ event: 'issues', status: 0 });

    github.setWebhookUrl(hook.url);
    const { data: listed } = await app.rest.apps.listWebhookDeliveries();
    const failed = listed.find(({ guid }) => guid === lost?.guid);
    expect(failed).toMatchObject({ status_code: 0, event: 'issues', action: 'opened', redelivery: false });
    await app.rest.apps.redeliverWebhookDelivery({ delivery_id: failed?.id ?? 0 });
    await github.settled();
    expect(hook.received.map(({ guid }) => guid)).toEqual([lost?.guid]);
    expect(github.deliveries().at(-1)).toMatchObject({ guid: lost?.guid, status: 202 });
  });

  it('show their payload to the App afterwards', async () => {
    await openIssue();
    await github.settled();
    const { data: listed } = await app.rest.apps.listWebhookDeliveries({ per_page: 1 });
    const { data } = await app.rest.apps.getWebhookDelivery({ delivery_id: listed[0]?.id ?? 0 });
    expect(data.request.payload).toMatchObject({ action: 'opened', issue: { title: 'x' } });
    expect(data.request.headers).toMatchObject({ 'x-github-event': 'issues' });
  });

  it('page through deliveries by cursor', async () => {
    await openIssue();
    await openIssue();
    await github.settled();
    const all = await app.paginate('GET /app/hook/deliveries', { per_page: 2 });
    expect(new Set(all.map(({ id }) => id)).size).toBe(github.deliveries().length);
  });

  it('say that the App was installed', async () => {
    await github.announceInstallation();
    await github.settled();
    expect(hook.received[0]).toMatchObject({
      event: 'installation',
      payload: {
        action: 'created',
        installation: { id: github.app.installationId, permissions: { checks: 'write' } },
        repositories: [{ full_name: 'acme/shop' }],
      },
    });
  });
});
