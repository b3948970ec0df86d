import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GithubEvent } from '../../../sandbox/contract.ts';
import type { LocalGithub } from '../../../sandbox/github/index.ts';
import { asUser, commitFiles, type Octokit, repository, startReceiver, startSample } from './support.ts';

let github: LocalGithub;
let alice: Octokit;
let hook: Awaited<ReturnType<typeof startReceiver>>;
const seen: GithubEvent[] = [];

beforeAll(async () => {
  github = await startSample();
  alice = asUser(github, 'alice');
  hook = await startReceiver();
  github.setWebhookUrl(hook.url);
  github.subscribe((event) => seen.push(event));
});
afterAll(async () => {
  await hook.close();
  await github.close();
});

async function open(head: string, files: Readonly<Record<string, string>>): Promise<number> {
  await commitFiles(alice, head, files);
  const { data } = await alice.rest.pulls.create({ ...repository, title: `Add ${head}`, head, base: 'main' });
  return data.number;
}

const read = async (number: number) =>
  (await alice.rest.pulls.get({ ...repository, pull_number: number })).data;

const pullEvents = (number: number) =>
  hook.received
    .filter(({ event, payload }) => event === 'pull_request' && payload.number === number)
    .map(({ payload }) => payload);

describe('pull requests of the local GitHub', () => {
  it('follows its branch and says so with synchronize', async () => {
    const number = await open('follow', { 'follow.txt': '1' });
    const before = (await read(number)).head.sha;
    const after = await commitFiles(alice, 'follow', { 'follow.txt': '2' });
    await github.settled();
    expect((await read(number)).head.sha).toBe(after);
    expect(pullEvents(number)).toMatchObject([
      { action: 'opened', pull_request: { head: { sha: before } } },
      { action: 'synchronize', before, after, pull_request: { head: { sha: after } } },
    ]);
    expect(seen.at(-1)).toMatchObject({ name: 'pull_request', sha: after, ref: `refs/pull/${number}/merge` });
  });

  it('merges both sides, even when the base has moved on', async () => {
    const first = await open('left', { 'left.txt': 'l' });
    const second = await open('right', { 'right.txt': 'r' });
    await alice.rest.pulls.merge({ ...repository, pull_number: first });
    const { data: merged } = await alice.rest.pulls.merge({ ...repository, pull_number: second });
    await github.settled();

    const { data: tree } = await alice.rest.git.getTree({
      ...repository,
      tree_sha: merged.sha,
      recursive: '1',
    });
    expect(tree.tree.map(({ path }) => path)).toEqual(expect.arrayContaining(['left.txt', 'right.txt']));
    expect(await read(second)).toMatchObject({
      merged: true,
      state: 'closed',
      merge_commit_sha: merged.sha,
      merged_by: { login: 'alice' },
    });
    const push = hook.received.findLast(({ event }) => event === 'push');
    expect(push?.payload).toMatchObject({ ref: 'refs/heads/main', after: merged.sha });
    expect(pullEvents(second).at(-1)).toMatchObject({ action: 'closed', pull_request: { merged: true } });
  });

  it('squashes into one commit on the base', async () => {
    const number = await open('squash', { 'squash.txt': 's' });
    const { data: merged } = await alice.rest.pulls.merge({
      ...repository,
      pull_number: number,
      merge_method: 'squash',
    });
    const { data: commit } = await alice.rest.git.getCommit({ ...repository, commit_sha: merged.sha });
    expect(commit.parents).toHaveLength(1);
    expect(commit.message).toContain(`Add squash (#${number})`);
  });

  it('does not merge what conflicts', async () => {
    const first = await open('mine', { 'README.md': 'mine\n' });
    const second = await open('yours', { 'README.md': 'yours\n' });
    await alice.rest.pulls.merge({ ...repository, pull_number: first });
    expect(await read(second)).toMatchObject({ mergeable: false, mergeable_state: 'dirty' });
    const merge = alice.rest.pulls.merge({ ...repository, pull_number: second });
    await expect(merge).rejects.toMatchObject({ status: 405 });
  });

  it('does not merge a head that the caller has not seen', async () => {
    const number = await open('unseen', { 'unseen.txt': '1' });
    const seenSha = (await read(number)).head.sha;
    await commitFiles(alice, 'unseen', { 'unseen.txt': '2' });
    const merge = alice.rest.pulls.merge({ ...repository, pull_number: number, sha: seenSha });
    await expect(merge).rejects.toMatchObject({ status: 409 });
  });

  it('closes when its branch is deleted', async () => {
    const number = await open('doomed', { 'doomed.txt': '1' });
    await alice.rest.git.deleteRef({ ...repository, ref: 'heads/doomed' });
    await github.settled();
    expect(await read(number)).toMatchObject({ state: 'closed', merged: false });
    expect(pullEvents(number).at(-1)).toMatchObject({ action: 'closed', pull_request: { merged: false } });
  });

  it.each([
    ['a branch that does not exist', { head: 'nowhere', base: 'main' }],
    ['nothing to merge', { head: 'main', base: 'main' }],
  ])('refuses to open one for %s', async (_, branches) => {
    await expect(alice.rest.pulls.create({ ...repository, title: 'x', ...branches })).rejects.toMatchObject({
      status: 422,
    });
  });

  it('lists its files and commits, and finds itself by a commit', async () => {
    const number = await open('listed', { 'listed/a.txt': '1', 'listed/b.txt': '2' });
    const pull = { ...repository, pull_number: number };
    const { data: files } = await alice.rest.pulls.listFiles(pull);
    const { data: commits } = await alice.rest.pulls.listCommits(pull);
    const { data: pulls } = await alice.rest.repos.listPullRequestsAssociatedWithCommit({
      ...repository,
      commit_sha: commits[0]?.sha ?? '',
    });
    expect(files.map(({ filename }) => filename).sort()).toEqual(['listed/a.txt', 'listed/b.txt']);
    expect(commits).toHaveLength(1);
    expect(pulls.map(({ number: found }) => found)).toEqual([number]);
  });

  it('takes a pull request from a fork, follows it and can be merged', async () => {
    const carol = asUser(github, 'carol');
    await carol.rest.repos.createFork(repository);
    const fork = { owner: 'carol', repo: 'shop' };
    const write = async (content: string, sha?: string) =>
      carol.rest.repos.createOrUpdateFileContents({
        ...fork,
        path: 'from-fork.txt',
        message: 'From the fork',
        content: Buffer.from(content).toString('base64'),
        branch: 'main',
        ...(sha === undefined ? {} : { sha }),
      });
    const { data: first } = await write('1');
    const { data: pull } = await carol.rest.pulls.create({
      ...repository,
      title: 'From the fork',
      head: 'carol:main',
      base: 'main',
    });
    const { data: second } = await write('2', first.content?.sha);
    expect(await read(pull.number)).toMatchObject({
      head: { sha: second.commit.sha, repo: { full_name: 'carol/shop', fork: true } },
      base: { repo: { full_name: 'acme/shop' } },
    });
    expect((await alice.rest.pulls.merge({ ...repository, pull_number: pull.number })).data.merged).toBe(
      true,
    );
  });

  it('queues a merge group whose head is checked on its own', async () => {
    const number = await open('queued', { 'queued.txt': 'q' });
    const group = await github.createMergeGroup('acme/shop', number);
    await github.settled();
    const requested = hook.received.findLast(({ event }) => event === 'merge_group');
    expect(requested?.payload).toMatchObject({
      action: 'checks_requested',
      merge_group: { head_sha: group.headSha, base_ref: 'refs/heads/main' },
    });
    expect(seen.at(-1)).toMatchObject({ name: 'merge_group', sha: group.headSha, ref: group.headRef });
    await github.destroyMergeGroup('acme/shop', group.headSha, 'dequeued');
    await github.settled();
    expect(hook.received.at(-1)?.payload).toMatchObject({ action: 'destroyed', reason: 'dequeued' });
  });
});
