import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GithubEvent } from '../../../sandbox/contract.ts';
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
let alice: Octokit;
let hook: Awaited<ReturnType<typeof startReceiver>>;
let seen: GithubEvent[];
let unsubscribe: () => void;

beforeAll(async () => {
  github = await startSample();
  alice = asUser(github, 'alice');
});
afterAll(() => github.close());
beforeEach(async () => {
  hook = await startReceiver();
  github.setWebhookUrl(hook.url);
  seen = [];
  unsubscribe = github.subscribe((event) => seen.push(event));
});
afterEach(async () => {
  unsubscribe();
  await hook.close();
});

const mainSha = async (): Promise<string> =>
  (await alice.rest.git.getRef({ ...repository, ref: 'heads/main' })).data.object.sha;

describe('git on the local GitHub', () => {
  it('checks out every file of a commit, with its mode', async () => {
    const sha = await commitFiles(alice, 'checkout', { 'deep/er/file.txt': 'ünï' });
    const folder = await mkdtemp(join(tmpdir(), 'checkout-'));
    await github.checkout('acme/shop', sha, folder);
    expect(await readFile(join(folder, 'deep/er/file.txt'), 'utf8')).toBe('ünï');
    expect(await readFile(join(folder, 'README.md'), 'utf8')).toBe('# shop\n');
    expect((await stat(join(folder, 'scripts/run.sh'))).mode & 0o111).toBe(0o111);
    await rm(folder, { recursive: true });
  });

  it('sends create, push and a requested check suite for a new branch, in this order', async () => {
    const sha = await commitFiles(alice, 'new-branch', { 'a.txt': 'a' });
    await github.settled();
    expect(hook.names()).toEqual(['create', 'push', 'check_suite.requested']);
    const push = hook.received.find(({ event }) => event === 'push');
    expect(push?.payload).toMatchObject({
      ref: 'refs/heads/new-branch',
      before: '0'.repeat(40),
      after: sha,
      created: true,
      deleted: false,
      head_commit: { id: sha, added: ['a.txt'] },
      repository: { full_name: 'acme/shop' },
      sender: { login: 'alice', type: 'User' },
      installation: { id: github.app.installationId },
    });
  });

  it('tells the runner of a push with its commit and its full ref', async () => {
    const sha = await commitFiles(alice, 'for-runner', { 'a.txt': 'a' });
    expect(seen.map(({ name, sha: at, ref }) => [name, at, ref])).toEqual([
      ['create', sha, 'refs/heads/for-runner'],
      ['push', sha, 'refs/heads/for-runner'],
    ]);
  });

  it('announces an annotated tag with the tag object in the payload and the commit for the runner', async () => {
    const commit = await mainSha();
    const { data: tag } = await alice.rest.git.createTag({
      ...repository,
      tag: 'v1.0.0',
      message: 'v1.0.0',
      object: commit,
      type: 'commit',
    });
    await alice.rest.git.createRef({ ...repository, ref: 'refs/tags/v1.0.0', sha: tag.sha });
    await github.settled();
    const push = hook.received.find(({ event }) => event === 'push');
    expect(push?.payload).toMatchObject({
      ref: 'refs/tags/v1.0.0',
      after: tag.sha,
      head_commit: { id: commit },
    });
    expect(seen.find(({ name }) => name === 'push')).toMatchObject({ sha: commit, ref: 'refs/tags/v1.0.0' });
    const create = hook.received.find(({ event }) => event === 'create');
    expect(create?.payload).toMatchObject({ ref: 'v1.0.0', ref_type: 'tag' });
  });

  it('marks a forced push, and a deletion', async () => {
    const first = await commitFiles(alice, 'moving', { 'a.txt': '1' });
    await alice.rest.git.updateRef({ ...repository, ref: 'heads/moving', sha: await mainSha(), force: true });
    await alice.rest.git.deleteRef({ ...repository, ref: 'heads/moving' });
    await github.settled();
    const [, forced, gone] = hook.received
      .filter(({ event }) => event === 'push')
      .map(({ payload }) => payload);
    expect(forced).toMatchObject({ forced: true, before: first });
    expect(gone).toMatchObject({ deleted: true, after: '0'.repeat(40), head_commit: null });
  });

  it('takes a commit through the contents API as a push', async () => {
    await alice.rest.repos.createOrUpdateFileContents({
      ...repository,
      path: 'notes.txt',
      message: 'Add notes',
      content: Buffer.from('n').toString('base64'),
      branch: 'main',
    });
    await github.settled();
    const push = hook.received.find(({ event }) => event === 'push');
    expect(push?.payload).toMatchObject({ ref: 'refs/heads/main', head_commit: { message: 'Add notes' } });
  });

  it('answers 304 to a reader who has the answer already', async () => {
    const { installation } = asApp(github);
    const first = await installation.rest.repos.get(repository);
    const again = installation.request('GET /repos/{owner}/{repo}', {
      ...repository,
      headers: { 'if-none-match': String(first.headers.etag) },
    });
    await expect(again).rejects.toMatchObject({ status: 304 });
  });
});
