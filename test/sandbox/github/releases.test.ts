import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LocalGithub } from '../../../sandbox/github/index.ts';
import { asApp, asUser, type Octokit, repository, startReceiver, startSample } from './support.ts';

let github: LocalGithub;
let installation: Octokit;
let hook: Awaited<ReturnType<typeof startReceiver>>;
let sha: string;
let number = 0;
let tag: string;

beforeAll(async () => {
  github = await startSample();
  installation = asApp(github).installation;
  hook = await startReceiver();
  github.setWebhookUrl(hook.url);
  sha = (await installation.rest.git.getRef({ ...repository, ref: 'heads/main' })).data.object.sha;
});
afterAll(async () => {
  await hook.close();
  await github.close();
});
beforeEach(async () => {
  github.setImmutableReleases('acme/shop', false);
  number += 1;
  tag = `v${number}.0.0`;
  await installation.rest.git.createRef({ ...repository, ref: `refs/tags/${tag}`, sha });
  await github.settled();
  hook.received.length = 0;
});

const draft = async () =>
  (await installation.rest.repos.createRelease({ ...repository, tag_name: tag, draft: true, name: tag }))
    .data;

const upload = async (release: { readonly upload_url: string }, name: string, bytes: string) =>
  (await installation.request({
    method: 'POST',
    url: release.upload_url,
    name,
    headers: { 'content-type': 'application/zip' },
    data: Buffer.from(bytes),
  })) as { status: number; data: { id: number; digest: string } };

const publish = (release_id: number) =>
  installation.rest.repos.updateRelease({ ...repository, release_id, draft: false });

async function download(octokit: Octokit, asset_id: number): Promise<string> {
  const { data } = await octokit.rest.repos.getReleaseAsset({
    ...repository,
    asset_id,
    headers: { accept: 'application/octet-stream' },
  });
  return Buffer.from(data as unknown as ArrayBuffer).toString();
}

describe('releases of the local GitHub', () => {
  it('are silent as a draft and say published once', async () => {
    const release = await draft();
    await upload(release, 'evidence.zip', 'bytes');
    await github.settled();
    expect(hook.received).toEqual([]);
    await publish(release.id);
    await github.settled();
    expect(hook.names()).toEqual(['release.published']);
    expect(hook.received[0]?.payload).toMatchObject({ release: { tag_name: tag, draft: false } });
  });

  it('give the App the bytes of a draft’s asset, and their digest, but not to a reader', async () => {
    const release = await draft();
    const { data: asset } = await upload(release, 'evidence.zip', 'bytes');
    expect(await download(installation, asset.id)).toBe('bytes');
    expect(asset.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    await expect(download(asUser(github, 'carol'), asset.id)).rejects.toMatchObject({ status: 404 });
  });

  it('are found by their tag only when published, and listed as drafts only to writers', async () => {
    const release = await draft();
    const byTag = () => installation.rest.repos.getReleaseByTag({ ...repository, tag });
    await expect(byTag()).rejects.toMatchObject({ status: 404 });
    const listed = async (octokit: Octokit) =>
      (await octokit.rest.repos.listReleases(repository)).data.map(({ id }) => id);
    expect(await listed(installation)).toContain(release.id);
    expect(await listed(asUser(github, 'carol'))).not.toContain(release.id);
    await publish(release.id);
    expect((await byTag()).data.id).toBe(release.id);
    expect((await installation.rest.repos.getLatestRelease(repository)).data.id).toBe(release.id);
  });

  it('take no second asset of the same name', async () => {
    const release = await draft();
    await upload(release, 'evidence.zip', 'bytes');
    await expect(upload(release, 'evidence.zip', 'other')).rejects.toMatchObject({ status: 422 });
  });

  it('make the tag when it does not exist yet', async () => {
    const { data } = await installation.rest.repos.createRelease({
      ...repository,
      tag_name: `made-${number}`,
    });
    const ref = await installation.rest.git.getRef({ ...repository, ref: `tags/made-${number}` });
    expect(data.draft).toBe(false);
    expect(ref.data.object.sha).toBe(sha);
  });

  describe('when they are immutable', () => {
    beforeEach(() => github.setImmutableReleases('acme/shop', true));

    it('stay open as a draft and freeze assets and tag on publishing', async () => {
      const release = await draft();
      const { data: asset } = await upload(release, 'evidence.zip', 'bytes');
      const { data } = await publish(release.id);
      expect(data).toMatchObject({ immutable: true });
      const refused = { status: 422 };
      await expect(upload(release, 'late.zip', 'x')).rejects.toMatchObject(refused);
      await expect(
        installation.rest.repos.deleteReleaseAsset({ ...repository, asset_id: asset.id }),
      ).rejects.toMatchObject(refused);
      const ref = { ...repository, ref: `tags/${tag}` };
      await expect(installation.rest.git.updateRef({ ...ref, sha, force: true })).rejects.toMatchObject(
        refused,
      );
      await expect(installation.rest.git.deleteRef(ref)).rejects.toMatchObject(refused);
    });

    it('let title and notes be edited', async () => {
      const release = await draft();
      await publish(release.id);
      const { data } = await installation.rest.repos.updateRelease({
        ...repository,
        release_id: release.id,
        body: 'KPIs',
      });
      expect(data.body).toBe('KPIs');
    });
  });
});
