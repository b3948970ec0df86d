import { z } from 'zod';
import { blockBytes, blocksOf } from '../../core/evidence/bytes.ts';
import type { ByteSource } from '../../core/ports/blob-store.ts';
import type { Forge } from '../../core/ports/forge.ts';
import type { GithubClient } from './client.ts';
import { translateError } from './errors.ts';
import { refMethods } from './refs.ts';

const releaseSchema = z.object({
  id: z.int(),
  tag_name: z.string(),
  draft: z.boolean(),
  html_url: z.string(),
  upload_url: z.string(),
  body: z.string().nullish(),
  prerelease: z.boolean().default(false),
  published_at: z.string().nullish(),
});
type GithubRelease = z.infer<typeof releaseSchema>;
const releasesRoute = 'GET /repos/{owner}/{repo}/releases';
const assetSchema = z.object({
  id: z.int(),
  name: z.string(),
  size: z.number(),
  state: z.string().optional(),
});

/** Two gigabytes at a megabyte a second, ms. */
const transferTimeout = 35 * 60_000;

type ReleaseMethods = Pick<
  Forge,
  | 'ensureDraftRelease'
  | 'listAssets'
  | 'uploadAsset'
  | 'deleteAsset'
  | 'downloadAsset'
  | 'streamAsset'
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

    uploadAsset: async (releaseId, name, mediaType, content) => {
      // What fits into one block is sent in one piece: memory does not grow with the file.
      const isSmall = content.size <= blockBytes;
      const { upload_url: url } = await read(releaseId);
      const made = await github.send(
        `POST ${url.replace(/\{.*\}$/, '')}{?name}`,
        {
          name,
          data: isSmall
            ? Buffer.from(await content.read(0, content.size))
            : ReadableStream.from(copies(content)),
          headers: { 'content-type': mediaType, 'content-length': content.size },
        },
        assetSchema,
        { timeoutMs: transferTimeout, ...(isSmall ? {} : { streamed: true }) },
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

    streamAsset: (assetId) => streamOf(github, assetId),

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
      const found = await newestPublished(github, isMine);
      if (found === null) return null;
      const ref = await refMethods(github).resolveRef(`tags/${found.tag_name}`);
      return ref === null ? null : { tag: found.tag_name, commit: ref.commit };
    },
  };
}

/**
 * The newest published release with such a tag, by when it was published. GitHub lists them by the date of their commits,
 * nearly the same: what has one in the first page that has any is not looked for further back.
 */
async function newestPublished(
  github: GithubClient,
  isMine: (tag: string) => boolean,
): Promise<GithubRelease | null> {
  const isIt = ({ draft, prerelease, tag_name: tag }: GithubRelease): boolean =>
    !draft && !prerelease && isMine(tag);
  const releases = await github.list(releasesRoute, {}, releaseSchema, { enough: (page) => page.some(isIt) });
  const time = ({ published_at: at }: GithubRelease): number => (at == null ? 0 : Date.parse(at));
  return releases.filter(isIt).toSorted((a, b) => time(b) - time(a))[0] ?? null;
}

/** A block is written over when the next one is read; the socket may still hold it. */
async function* copies(content: ByteSource): AsyncGenerator<Uint8Array> {
  for await (const block of blocksOf(content)) yield Uint8Array.from(block);
}

async function* streamOf(github: GithubClient, assetId: number): AsyncGenerator<Uint8Array> {
  const route = 'GET /repos/{owner}/{repo}/releases/assets/{asset_id}';
  const body = await github.send(
    route,
    { asset_id: assetId, headers: { accept: 'application/octet-stream' } },
    z.union([z.instanceof(ReadableStream), z.instanceof(ArrayBuffer), z.string()]),
    { timeoutMs: transferTimeout, unread: true },
  );
  if (!(body instanceof ReadableStream)) {
    yield typeof body === 'string' ? Buffer.from(body) : new Uint8Array(body);
    return;
  }
  try {
    yield* body as ReadableStream<Uint8Array>;
  } catch (error) {
    throw translateError(error, route, Date.now());
  }
}
