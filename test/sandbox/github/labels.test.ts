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
let hook: Awaited<ReturnType<typeof startReceiver>>;
let pull: number;

beforeAll(async () => {
  github = await startSample({ app: { permissions: appPermissions, events: [...appEvents, 'label'] } });
  installation = asApp(github).installation;
  hook = await startReceiver();
  github.setWebhookUrl(hook.url);
  const admin = asUser(github, 'alice');
  const { data } = await admin.rest.git.getRef({ ...repository, ref: 'heads/main' });
  await admin.rest.git.createRef({ ...repository, ref: 'refs/heads/topic', sha: data.object.sha });
  await admin.rest.repos.createOrUpdateFileContents({
    ...repository,
    path: 'a.txt',
    message: 'Add a',
    content: 'YQ==',
    branch: 'topic',
  });
  pull = (await admin.rest.pulls.create({ ...repository, head: 'topic', base: 'main', title: 'Add a' })).data
    .number;
});
afterAll(async () => {
  await hook.close();
  await github.close();
});

const told = (event: string, action: string) =>
  vi.waitUntil(() => hook.received.find((one) => one.event === event && one.payload.action === action));

describe('labels of the local GitHub', () => {
  it('tell when they are made, changed and deleted', async () => {
    await installation.rest.issues.createLabel({ ...repository, name: 'slow', color: 'ff0000' });
    await installation.rest.issues.updateLabel({
      ...repository,
      name: 'slow',
      new_name: 'fast',
      color: 'ff0000',
    });
    await installation.rest.issues.deleteLabel({ ...repository, name: 'fast' });
    expect((await told('label', 'created')).payload).toMatchObject({ label: { name: 'slow' } });
    expect((await told('label', 'edited')).payload).toMatchObject({
      label: { name: 'fast' },
      changes: { name: { from: 'slow' } },
    });
    expect((await told('label', 'deleted')).payload).toMatchObject({ label: { name: 'fast' } });
  });

  it('tell which one was put on a pull request or taken off it', async () => {
    await installation.rest.issues.addLabels({ ...repository, issue_number: pull, labels: ['preview'] });
    await installation.rest.issues.removeLabel({ ...repository, issue_number: pull, name: 'preview' });
    expect((await told('pull_request', 'labeled')).payload).toMatchObject({
      label: { name: 'preview' },
      pull_request: { number: pull, labels: [{ name: 'preview' }] },
    });
    expect((await told('pull_request', 'unlabeled')).payload).toMatchObject({
      label: { name: 'preview' },
      pull_request: { labels: [] },
    });
  });

  it('are refused to people who only read', async () => {
    const reader = asUser(github, 'carol').rest.issues;
    await expect(
      reader.addLabels({ ...repository, issue_number: pull, labels: ['preview'] }),
    ).rejects.toMatchObject({
      status: 403,
    });
  });
});

it('the local GitHub names its App by its slug', async () => {
  const { data } = await installation.rest.apps.getBySlug({ app_slug: 'release-conductor' });
  expect(data).toMatchObject({ id: github.app.appId, slug: 'release-conductor' });
});
