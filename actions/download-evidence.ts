import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { PermissionError, ProviderError } from '../core/errors.ts';

const releaseSchema = z.object({ assets: z.array(z.object({ name: z.string(), url: z.url() })) });

export interface Download {
  readonly api: string;
  readonly token: string;
  readonly repository: string;
  readonly tag: string;
  readonly folder: string;
  readonly names: readonly string[];
}

/**
 * Downloads assets of a published release into a folder. An asset that the release does not have is not an error
 * here: what is missing is said by the verification.
 *
 * @throws ProviderError `GITHUB_UNAVAILABLE` · PermissionError `RELEASE_NOT_FOUND`
 */
export async function downloadEvidence(what: Download, ask: typeof fetch): Promise<void> {
  await rm(what.folder, { recursive: true, force: true });
  await mkdir(what.folder, { recursive: true });
  const place = `${what.api}/repos/${what.repository}/releases/tags/${encodeURIComponent(what.tag)}`;
  const answer = await get(place, 'application/vnd.github+json', what.token, ask);
  const { assets } = releaseSchema.parse(await answer.json());
  for (const { name, url } of assets.filter((asset) => what.names.includes(asset.name))) {
    const { body } = await get(url, 'application/octet-stream', what.token, ask);
    if (body === null) continue;
    await pipeline(Readable.fromWeb(body), createWriteStream(join(what.folder, name)));
  }
}

async function get(url: string, accept: string, token: string, ask: typeof fetch): Promise<Response> {
  const headers = { accept, ...(token === '' ? {} : { authorization: `Bearer ${token}` }) };
  const answer = await ask(url, { headers }).catch((cause: unknown) => {
    throw unavailable(`${url} did not answer`, cause);
  });
  if (answer.ok) return answer;
  if (answer.status >= 500) throw unavailable(`${url} answered ${answer.status}`);
  throw new PermissionError(
    'RELEASE_NOT_FOUND',
    `${url} answered ${answer.status}`,
    'check the tag, that the release is published, and that the token may read it (contents: read)',
  );
}

function unavailable(message: string, cause?: unknown): ProviderError {
  return new ProviderError('GITHUB_UNAVAILABLE', message, 'try again', { retryable: true, cause });
}
