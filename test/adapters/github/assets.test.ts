import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ProbotOctokit } from 'probot';
import { expect, it, onTestFinished } from 'vitest';
import { githubForge } from '../../../adapters/github/index.ts';
import { spool } from '../../../adapters/zip/spool.ts';
import type { ByteSource } from '../../../core/ports/blob-store.ts';

const size = 256 * 1_048_576 + 7;

/** Bytes that are made when they are asked for. */
const content: ByteSource = {
  size,
  read: async (offset, length) => pattern(offset, Math.min(length, size - offset)),
};

function pattern(offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += 4_096) bytes.writeUInt8(((offset + at) / 4_096) & 255, at);
  return bytes;
}

async function digestOf(pieces: AsyncIterable<Uint8Array>): Promise<{ sha256: string; size: number }> {
  const digest = createHash('sha256');
  let count = 0;
  for await (const piece of pieces) {
    digest.update(piece);
    count += piece.length;
  }
  return { sha256: digest.digest('hex'), size: count };
}

async function* whole(): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < size; at += 524_288) yield pattern(at, Math.min(524_288, size - at));
}

/** A GitHub that keeps nothing: it looks at what is uploaded, and makes what is downloaded. */
async function startServer() {
  const seen: { sha256: string; size: number; length: string | undefined; encoding: string | undefined }[] =
    [];
  const server = createServer(async (request: IncomingMessage, response) => {
    const json = (body: object): void => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (request.method === 'POST') {
      const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
      seen.push({ ...(await digestOf(request)), length, encoding });
      return json({ id: 7, name: 'evidence.zip', size });
    }
    if (request.url?.endsWith('/assets/7')) {
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': size });
      for await (const piece of whole()) {
        if (!response.write(piece)) await new Promise((resolve) => response.once('drain', resolve));
      }
      return response.end();
    }
    return json({
      id: 1,
      tag_name: 'v1',
      draft: true,
      html_url: url,
      upload_url: `${url}/upload{?name,label}`,
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, seen };
}

it('moves an asset of any size in both directions without holding it', async () => {
  const { url, seen } = await startServer();
  const octokit = new ProbotOctokit({
    baseUrl: url,
    throttle: { enabled: false },
    retry: { enabled: false },
  });
  const forge = githubForge({ octokit: octokit as never, repository: 'acme/shop', appSlug: 'conductor' });
  const expected = await digestOf(whole());
  let most = 0;
  const before = process.memoryUsage().arrayBuffers;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }, 5);
  onTestFinished(() => clearInterval(watch));

  expect(await forge.uploadAsset(1, 'evidence.zip', 'application/zip', content)).toEqual({ id: 7 });
  expect(seen).toEqual([{ ...expected, length: String(size), encoding: undefined }]);
  const back = await spool(forge.streamAsset(7));
  expect(back.sha256).toBe(expected.sha256);
  expect(Buffer.from(await back.read(size - 7, 100))).toEqual(pattern(size - 7, 7));
  await back.close();
  expect(most).toBeLessThan(size / 2);
});
