import type { Github } from './github.ts';
import type { Json } from './json.ts';
import { nodeId } from './payloads.ts';
import type { Release, ReleaseAsset } from './records.ts';
import type { RepositoryState } from './world.ts';

export async function renderRelease(
  github: Github,
  repository: RepositoryState,
  release: Release,
): Promise<Json> {
  const api = `${github.url}${repository.path}`;
  const html = `${github.url}/${repository.fullName}/releases`;
  const assets = [...release.assets.values()];
  return {
    id: release.id,
    node_id: nodeId('Release', release.id),
    url: `${api}/releases/${release.id}`,
    assets_url: `${api}/releases/${release.id}/assets`,
    upload_url: `${api}/releases/${release.id}/assets{?name,label}`,
    html_url: `${html}/tag/${release.draft ? release.draftName : release.tag}`,
    author: await github.payloads.user(release.author),
    tag_name: release.tag,
    target_commitish: release.target,
    name: release.name,
    body: release.body,
    draft: release.draft,
    prerelease: release.prerelease,
    immutable: release.immutable,
    created_at: release.createdAt,
    updated_at: release.publishedAt ?? release.createdAt,
    published_at: release.publishedAt,
    assets: await Promise.all(assets.map((asset) => renderAsset(github, repository, release, asset))),
    tarball_url: release.draft ? null : `${api}/tarball/${release.tag}`,
    zipball_url: release.draft ? null : `${api}/zipball/${release.tag}`,
  };
}

export async function renderAsset(
  github: Github,
  repository: RepositoryState,
  release: Release,
  asset: ReleaseAsset,
): Promise<Json> {
  const folder = release.draft ? release.draftName : release.tag;
  return {
    id: asset.id,
    node_id: nodeId('ReleaseAsset', asset.id),
    url: `${github.url}${repository.path}/releases/assets/${asset.id}`,
    browser_download_url: `${github.url}/${repository.fullName}/releases/download/${folder}/${asset.name}`,
    name: asset.name,
    label: asset.label,
    state: 'uploaded',
    content_type: asset.contentType,
    size: asset.bytes.length,
    digest: asset.digest,
    download_count: asset.downloads,
    created_at: asset.createdAt,
    updated_at: asset.createdAt,
    uploader: await github.payloads.user(asset.uploader),
  };
}
