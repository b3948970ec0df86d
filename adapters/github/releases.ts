import { z } from 'zod';
import type { Forge } from '../../core/ports/forge.ts';
import type { GithubClient } from './client.ts';
import { refMethods } from './refs.ts';

const releaseSchema = z.object({
  id: z.int(),
  tag_name: z.string(),
  draft: z.boolean(),
  html_url: z.string(),
  upload_url: z.string(),
  body: z.string().nullish(),
  prerelease: z.boolean().default(false),
});
type GithubRelease = z.infer<typeof releaseSchema>;
const releasesRoute = 'GET /repos/{owner}/{repo}/releases';
const assetSchema = z.object({
  id: z.int(),
  name: z.string(),
  size: z.number(),
  state: z.string().optional(),
});

type ReleaseMethods = Pick<
  Forge,
  | 'ensureDraftRelease'
  | 'listAssets'
  | 'uploadAsset'
  | 'deleteAsset'
  | 'downloadAsset'
  | 'publishRelease'
  | 'isPublished'
  | 'latestPublishedRelease'
>;

/** Releases. A draft has no tag that GitHub would find it by: it is found in the list. */
export function releaseMethods(github: GithubClient): ReleaseMethods {
  const read = (releaseId: number): Promise<GithubRelease> =>
    github.get('GET /repos/{owner}/{repo}/releases/{release_id}', { release_id: releaseId }, releaseSchema);

  return {
    ensureDraftRelease: async ({ tag, sha, title, body }) => {
      const isIt = (release: GithubRelease): boolean => release.tag_name === tag;
      const releases = await github.list(releasesRoute, {}, releaseSchema, {
        enough: (page) => page.some(isIt),
      });
      const existing = releases.find(isIt);
      if (existing !== undefined) return { id: existing.id, draft: existing.draft };
      const made = await github.send(
        'POST /repos/{owner}/{repo}/releases',
        { tag_name: tag, target_commitish: sha, name: title, body, draft: true },
        releaseSchema,
      );
      return { id: made.id, draft: made.draft };
    },

    listAssets: async (releaseId) => {
      const assets = await github.list(
        'GET /repos/{owner}/{repo}/releases/{release_id}/assets',
        { release_id: releaseId },
        assetSchema,
      );
      return assets.map(({ id, name, size }) => ({ id, name, size }));
    },

    uploadAsset: async (releaseId, name, mediaType, bytes) => {
      const { upload_url: url } = await read(releaseId);
      const made = await github.send(
        `POST ${url.replace(/\{.*\}$/, '')}{?name}`,
        {
          name,
          data: Buffer.from(bytes),
          headers: { 'content-type': mediaType, 'content-length': bytes.byteLength },
        },
        assetSchema,
      );
      return { id: made.id };
    },

    deleteAsset: async (assetId) => {
      await github.send(
        'DELETE /repos/{owner}/{repo}/releases/assets/{asset_id}',
        { asset_id: assetId },
        z.unknown(),
      );
    },

    downloadAsset: async (assetId) => {
      const data = await github.send(
        'GET /repos/{owner}/{repo}/releases/assets/{asset_id}',
        { asset_id: assetId, headers: { accept: 'application/octet-stream' } },
        z.union([z.instanceof(ArrayBuffer), z.string()]),
      );
      return typeof data === 'string' ? Buffer.from(data) : new Uint8Array(data);
    },

    publishRelease: async (releaseId, body) => {
      const found = await read(releaseId);
      if (!found.draft && found.body === body) return { url: found.html_url };
      const published = await github.send(
        'PATCH /repos/{owner}/{repo}/releases/{release_id}',
        { release_id: releaseId, draft: false, body },
        releaseSchema,
      );
      return { url: published.html_url };
    },

    isPublished: async (tag) =>
      (await github.find('GET /repos/{owner}/{repo}/releases/tags/{tag}', { tag }, releaseSchema)) !== null,

    latestPublishedRelease: async (isMine) => {
      const found = await (isMine === undefined
        ? github.find('GET /repos/{owner}/{repo}/releases/latest', {}, releaseSchema)
        : newestPublished(github, isMine));
      if (found === null) return null;
      const ref = await refMethods(github).resolveRef(`tags/${found.tag_name}`);
      return ref === null ? null : { tag: found.tag_name, commit: ref.commit };
    },
  };
}

/** GitHub lists releases newest first. */
async function newestPublished(
  github: GithubClient,
  isMine: (tag: string) => boolean,
): Promise<GithubRelease | null> {
  const isIt = ({ draft, prerelease, tag_name: tag }: GithubRelease): boolean =>
    !draft && !prerelease && isMine(tag);
  const releases = await github.list(releasesRoute, {}, releaseSchema, { enough: (page) => page.some(isIt) });
  return releases.find(isIt) ?? null;
}
