import { appLogin, type Release, repositoryName } from '../repository.ts';
import { type Answer, type Routes, refusal, required, seen } from './asked.ts';

const releaseBody = (release: Release): Answer => ({
  id: release.id,
  tag_name: release.tag,
  draft: release.draft,
  published_at: release.draft ? null : new Date(release.publishedAt).toISOString(),
  body: release.body,
  html_url: `https://github.test/${repositoryName}/releases/${release.id}`,
  upload_url: `https://uploads.github.test/releases/${release.id}/assets{?name,label}`,
});

/** Releases and their assets. */
export const releasesRoutes: Routes = {
  'GET /repos/{owner}/{repo}/releases': (asked) => seen(asked.repository.releases, asked).map(releaseBody),
  'GET /repos/{owner}/{repo}/releases/tags/{tag}': ({ repository, parameters }) =>
    releaseBody(required(repository.releases.find(({ tag, draft }) => !draft && tag === parameters.tag))),
  'GET /repos/{owner}/{repo}/releases/{release_id}': ({ repository, parameters }) =>
    releaseBody(required(repository.releases.find(({ id }) => id === parameters.release_id))),
  'POST /repos/{owner}/{repo}/releases': (asked) => {
    const { repository, parameters, now } = asked;
    const tag = String(parameters.tag_name);
    const body = String(parameters.body);
    const id = repository.nextId();
    const release = { id, author: appLogin, createdAt: now, tag, draft: true, body, publishedAt: 0 };
    repository.releases.push(release);
    asked.happened({ kind: 'created', what: 'release', key: tag });
    return releaseBody(release);
  },
  'PATCH /repos/{owner}/{repo}/releases/{release_id}': (asked) => {
    const { repository, parameters, now } = asked;
    const release = required(repository.releases.find(({ id }) => id === parameters.release_id));
    if (release.draft && parameters.draft === false) {
      release.draft = false;
      release.publishedAt = now;
      asked.happened({ kind: 'published', release });
    }
    release.body = String(parameters.body);
    return releaseBody(release);
  },
  'GET /repos/{owner}/{repo}/releases/{release_id}/assets': (asked) =>
    seen(asked.repository.assets, asked)
      .filter(({ release }) => release === asked.parameters.release_id)
      .map(({ id, name, bytes }) => ({ id, name, size: bytes.byteLength })),
  'POST assets': (asked) => {
    const { repository, parameters, now } = asked;
    const release = required(repository.releases.find(({ id }) => id === parameters.release_id));
    if (!release.draft) throw refusal(422, 'Cannot upload assets to an immutable release.');
    const name = String(parameters.name);
    if (repository.assets.some((asset) => asset.release === release.id && asset.name === name)) {
      throw refusal(422, 'Validation Failed: already_exists');
    }
    const bytes = new Uint8Array(parameters.data as Uint8Array);
    const id = repository.nextId();
    repository.assets.push({ id, author: appLogin, createdAt: now, release: release.id, name, bytes });
    return { id, name, size: bytes.byteLength };
  },
  'GET /repos/{owner}/{repo}/releases/assets/{asset_id}': ({ repository, parameters }) => {
    const { bytes } = required(repository.assets.find(({ id }) => id === parameters.asset_id));
    return Uint8Array.from(bytes).buffer;
  },
  'DELETE /repos/{owner}/{repo}/releases/assets/{asset_id}': ({ repository, parameters }) => {
    const at = repository.assets.findIndex(({ id }) => id === parameters.asset_id);
    if (at < 0) throw refusal(404, 'Not Found');
    repository.assets.splice(at, 1);
    return null;
  },
};
