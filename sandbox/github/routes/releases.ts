import { createHash } from 'node:crypto';
import { reads, writes } from '../access.ts';
import { type Call, created, noContent, ok } from '../call.ts';
import { flag, optionalText, textField } from '../fields.ts';
import type { Github } from '../github.ts';
import type { Json } from '../json.ts';
import { renderedPage } from '../pages.ts';
import type { Release, ReleaseAsset } from '../records.ts';
import { announceMove } from '../ref-events.ts';
import { GithubRefusal, notFound, unprocessable } from '../refusal.ts';
import { renderAsset, renderRelease } from '../releases.ts';
import { onRepository, type Route } from '../route.ts';
import type { RepositoryState } from '../world.ts';

const base = '/repos/{owner}/{repo}/releases';
const immutable = '/repos/{owner}/{repo}/immutable-releases';

export const releaseRoutes: readonly Route[] = [
  onRepository(`GET ${base}`, reads('contents'), listReleases),
  onRepository(`POST ${base}`, writes('contents'), createRelease),
  onRepository(`GET ${base}/latest`, reads('contents'), latestRelease),
  onRepository(`GET ${base}/tags/{tag}`, reads('contents'), async (call, repository, github) => {
    // A draft has no tag yet: it is not found here.
    const release = [...repository.releases.values()].find(
      ({ tag, draft }) => !draft && tag === call.params.tag,
    );
    if (release === undefined) throw notFound();
    return ok(await renderRelease(github, repository, release));
  }),
  onRepository(`GET ${base}/{release_id}`, reads('contents'), async (call, repository, github) =>
    ok(await renderRelease(github, repository, releaseOf(call, repository))),
  ),
  onRepository(`PATCH ${base}/{release_id}`, writes('contents'), updateRelease),
  onRepository(`DELETE ${base}/{release_id}`, writes('contents'), (call, repository) => {
    repository.releases.delete(releaseOf(call, repository).id);
    return noContent();
  }),
  onRepository(`GET ${base}/{release_id}/assets`, reads('contents'), (call, repository, github) => {
    const release = releaseOf(call, repository);
    const render = (asset: ReleaseAsset) => renderAsset(github, repository, release, asset);
    return renderedPage(call, github.url, [...release.assets.values()], render);
  }),
  onRepository(`POST ${base}/{release_id}/assets`, writes('contents'), uploadAsset),
  onRepository(`GET ${base}/assets/{asset_id}`, reads('contents'), readAsset),
  onRepository(`PATCH ${base}/assets/{asset_id}`, writes('contents'), renameAsset),
  onRepository(`DELETE ${base}/assets/{asset_id}`, writes('contents'), deleteAsset),
  onRepository(`GET ${immutable}`, reads('administration'), (_, repository) => {
    if (!repository.immutableReleases) throw notFound();
    return ok({ enabled: true, enforced_by_owner: false });
  }),
  onRepository(`PUT ${immutable}`, writes('administration', 'admin'), (_, repository) => {
    repository.immutableReleases = true;
    return noContent();
  }),
  onRepository(`DELETE ${immutable}`, writes('administration', 'admin'), (_, repository) => {
    repository.immutableReleases = false;
    return noContent();
  }),
];

/** Newest first; drafts only for those who may write. */
function listReleases(call: Call, repository: RepositoryState, github: Github) {
  const seesDrafts = mayWrite(call, github);
  const releases = [...repository.releases.values()].filter(({ draft }) => seesDrafts || !draft).toReversed();
  return renderedPage(call, github.url, releases, (release) => renderRelease(github, repository, release));
}

async function createRelease(call: Call, repository: RepositoryState, github: Github) {
  const tag = textField(call.body, 'tag_name');
  const draft = flag(call.body, 'draft', false);
  assertTagFree(repository, tag, null);
  const id = github.world.nextId();
  const release: Release = {
    id,
    author: call.who.login,
    createdAt: github.now(),
    tag,
    target: optionalText(call.body, 'target_commitish') ?? repository.defaultBranch,
    name: optionalText(call.body, 'name'),
    body: optionalText(call.body, 'body'),
    draft: true,
    prerelease: flag(call.body, 'prerelease', false),
    publishedAt: null,
    immutable: false,
    draftName: `untagged-${createHash('sha1').update(String(id)).digest('hex').slice(0, 20)}`,
    assets: new Map(),
  };
  repository.releases.set(id, release);
  if (!draft) await publish(call, repository, github, release);
  return created(await renderRelease(github, repository, release));
}

async function updateRelease(call: Call, repository: RepositoryState, github: Github) {
  const release = releaseOf(call, repository);
  const { body } = call;
  const tag = body.tag_name === undefined ? release.tag : textField(body, 'tag_name');
  if (release.immutable && tag !== release.tag) throw frozen('tag_name');
  if (tag !== release.tag) assertTagFree(repository, tag, release.id);
  release.tag = tag;
  if (body.target_commitish !== undefined) release.target = textField(body, 'target_commitish');
  if (body.name !== undefined) release.name = optionalText(body, 'name');
  if (body.body !== undefined) release.body = optionalText(body, 'body');
  release.prerelease = flag(body, 'prerelease', release.prerelease);
  const draft = flag(body, 'draft', release.draft);
  if (release.draft && !draft) await publish(call, repository, github, release);
  return ok(await renderRelease(github, repository, release));
}

/** Makes the tag when it does not exist. A draft sends no `release` event: publishing sends the first one. */
async function publish(
  call: Call,
  repository: RepositoryState,
  github: Github,
  release: Release,
): Promise<void> {
  await ensureTag(call, repository, github, release);
  release.draft = false;
  release.publishedAt = github.now();
  release.immutable = repository.immutableReleases;
  const rendered = await renderRelease(github, repository, release);
  const sha = await github.git.resolve(repository.fullName, `tags/${release.tag}`);
  const on = { sha, ref: `refs/tags/${release.tag}` };
  const payload = { action: 'published', release: rendered };
  await github.events.emit(repository, { name: 'release', payload, cause: call.who, on });
}

async function ensureTag(
  call: Call,
  repository: RepositoryState,
  github: Github,
  release: Release,
): Promise<void> {
  const ref = `refs/tags/${release.tag}`;
  if ((await github.git.ref(repository.fullName, ref)) !== null) return;
  const sha = await github.git.resolve(repository.fullName, release.target);
  await github.git.createRef(repository.fullName, ref, sha);
  await announceMove(github, repository, {
    ref,
    before: null,
    after: { sha, type: 'commit' },
    forced: false,
    cause: call.who,
  });
}

async function latestRelease(_: Call, repository: RepositoryState, github: Github) {
  const published = [...repository.releases.values()].filter(
    ({ draft, prerelease }) => !draft && !prerelease,
  );
  const latest = published.toSorted(
    (a, b) => (b.publishedAt ?? '').localeCompare(a.publishedAt ?? '') || b.id - a.id,
  )[0];
  if (latest === undefined) throw notFound();
  return ok(await renderRelease(github, repository, latest));
}

async function uploadAsset(call: Call, repository: RepositoryState, github: Github) {
  const release = releaseOf(call, repository);
  if (release.immutable) throw frozen('assets');
  const name = call.query.get('name') ?? '';
  if (name === '') throw unprocessable('name is required');
  const isTaken = [...release.assets.values()].some((asset) => asset.name === name);
  if (isTaken) {
    const error = { resource: 'ReleaseAsset', code: 'already_exists', field: 'name' };
    throw new GithubRefusal(422, 'Validation Failed', [error]);
  }
  const asset: ReleaseAsset = {
    id: github.world.nextId(),
    name,
    label: call.query.get('label'),
    contentType: call.headers['content-type'] ?? 'application/octet-stream',
    bytes: call.raw,
    digest: `sha256:${createHash('sha256').update(call.raw).digest('hex')}`,
    uploader: call.who.login,
    createdAt: github.now(),
    downloads: 0,
  };
  release.assets.set(asset.id, asset);
  return created(await renderAsset(github, repository, release, asset));
}

/** The record, or with `Accept: application/octet-stream` the bytes. Assets of drafts only for those who may write. */
async function readAsset(call: Call, repository: RepositoryState, github: Github) {
  const { release, asset } = assetOf(call, repository);
  if (release.draft && !mayWrite(call, github)) throw notFound();
  if (!(call.headers.accept ?? '').includes('application/octet-stream')) {
    return ok(await renderAsset(github, repository, release, asset));
  }
  asset.downloads += 1;
  return ok(asset.bytes, { 'content-type': 'application/octet-stream' });
}

async function renameAsset(call: Call, repository: RepositoryState, github: Github) {
  const { release, asset } = assetOf(call, repository);
  if (release.immutable) throw frozen('assets');
  if (call.body.name !== undefined) asset.name = textField(call.body, 'name');
  if (call.body.label !== undefined) asset.label = optionalText(call.body, 'label');
  return ok(await renderAsset(github, repository, release, asset));
}

function deleteAsset(call: Call, repository: RepositoryState) {
  const { release, asset } = assetOf(call, repository);
  if (release.immutable) throw frozen('assets');
  release.assets.delete(asset.id);
  return noContent();
}

/** A tag has one published release; a draft may wait for the same name only when there is none. */
function assertTagFree(repository: RepositoryState, tag: string, except: number | null): void {
  const isTaken = [...repository.releases.values()].some(
    (release) => release.id !== except && !release.draft && release.tag === tag,
  );
  if (!isTaken) return;
  const error: Json = { resource: 'Release', code: 'already_exists', field: 'tag_name' };
  throw new GithubRefusal(422, 'Validation Failed', [error]);
}

function frozen(field: string): GithubRefusal {
  const error = { resource: 'Release', code: 'custom', field, message: 'Cannot change an immutable release' };
  return new GithubRefusal(422, 'Validation Failed: the release is immutable', [error]);
}

function mayWrite(call: Call, github: Github): boolean {
  const { who } = call;
  if (who.kind === 'installation' || who.kind === 'job') return who.permissions.contents === 'write';
  const role = who.kind === 'user' ? github.world.roleOf(who.login, call.params) : null;
  return role === 'write' || role === 'maintain' || role === 'admin';
}

function releaseOf(call: Call, repository: RepositoryState): Release {
  const release = repository.releases.get(Number(call.params.release_id));
  if (release === undefined) throw notFound();
  return release;
}

function assetOf(call: Call, repository: RepositoryState): { release: Release; asset: ReleaseAsset } {
  const id = Number(call.params.asset_id);
  for (const release of repository.releases.values()) {
    const asset = release.assets.get(id);
    if (asset !== undefined) return { release, asset };
  }
  throw notFound();
}
