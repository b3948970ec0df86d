import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ProviderError } from '../../core/errors.ts';
import { contentLost, type Keeping, removalRefused } from '../../core/evidence/retention.ts';
import type { ContentStore, Pieces } from '../../core/ports/blob-store.ts';
import { parseKeeping, renderKeeping } from './keeping.ts';

/**
 * Evidence bytes in a folder (`ContentStore`): `<first two digits>/<sha256>`, read-only, with `<sha256>.json` beside
 * it that says how long it is kept. A file gets its name when it is complete and on disk: a killed process or a
 * full disk leaves a draft, never half a file under a name. The folder's owner can still delete by hand; a bucket
 * with object lock is for those who must not be able to.
 */
export function folderContents(folder: string): ContentStore {
  const place = (sha256: string): string => join(folder, sha256.slice(0, 2), sha256);
  return {
    put: (content, retainUntil) =>
      withDisk('store', async () => {
        const drafts = join(folder, 'drafts');
        await mkdir(drafts, { recursive: true, mode: 0o700 });
        const draft = join(drafts, randomUUID());
        try {
          const stored = await writeDraft(draft, content);
          await mkdir(join(folder, stored.sha256.slice(0, 2)), { recursive: true, mode: 0o700 });
          await extend(place(stored.sha256), retainUntil);
          await rename(draft, place(stored.sha256));
          await syncFolder(join(folder, stored.sha256.slice(0, 2)));
          return stored;
        } finally {
          await rm(draft, { force: true });
        }
      }),
    async read(sha256, offset, length) {
      const { size } = await stat(place(sha256)).catch(() => Promise.reject(contentLost(sha256)));
      const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - offset)));
      return buffer.subarray(0, await readInto(place(sha256), sha256, buffer, offset));
    },
    readInto: (sha256, buffer, offset) => readInto(place(sha256), sha256, buffer, offset),
    sizeOf: async (sha256) => (await stat(place(sha256)).catch(() => null))?.size ?? null,
    async *list() {
      for (const sha256 of await withDisk('list', () => namesIn(folder))) {
        const file = await stat(place(sha256)).catch(() => null); // removed meanwhile
        if (file !== null) yield { sha256, size: file.size, ...(await readKeeping(place(sha256))) };
      }
    },
    retain: (sha256, until) => withDisk('keep', () => extend(place(sha256), until)),
    hold: (sha256, held) =>
      withDisk('hold', async () =>
        writeKeeping(place(sha256), { ...(await readKeeping(place(sha256))), held }),
      ),
    remove: (sha256, now) =>
      withDisk('remove', async () => {
        if ((await stat(place(sha256)).catch(() => null)) === null) return;
        const refused = removalRefused(sha256, await readKeeping(place(sha256)), now);
        if (refused !== null) throw refused;
        await rm(place(sha256));
        await rm(`${place(sha256)}.json`, { force: true });
      }),
  };
}

/** Digests of all complete files; a folder into which nothing was stored yet is empty. */
async function namesIn(folder: string): Promise<readonly string[]> {
  const below = async (path: string): Promise<readonly string[]> =>
    readdir(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
  const shelves = (await below(folder)).filter((name) => /^[0-9a-f]{2}$/.test(name));
  const names = await Promise.all(shelves.map((shelf) => below(join(folder, shelf))));
  return names.flat().filter((name) => /^[0-9a-f]{64}$/.test(name));
}

async function writeDraft(path: string, content: Pieces): Promise<{ sha256: string; size: number }> {
  const digest = createHash('sha256');
  let size = 0;
  const file = await open(path, 'wx', 0o400);
  try {
    for await (const piece of content) {
      digest.update(piece);
      size += piece.length;
      await writeAll(file, piece);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { sha256: digest.digest('hex'), size };
}

async function writeAll(file: FileHandle, piece: Uint8Array): Promise<void> {
  for (let at = 0; at < piece.length; ) {
    at += (await file.write(piece, at, piece.length - at)).bytesWritten;
  }
}

async function readInto(path: string, sha256: string, buffer: Uint8Array, offset: number): Promise<number> {
  const file = await open(path, 'r').catch(() => Promise.reject(contentLost(sha256)));
  try {
    let filled = 0;
    while (filled < buffer.length) {
      const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return filled;
  } finally {
    await file.close();
  }
}

/** Content without a record of how long it is kept is kept. */
async function readKeeping(path: string): Promise<Keeping> {
  const text = await readFile(`${path}.json`, 'utf8').catch(() => null);
  return text === null ? { retainUntil: Date.UTC(9999, 0), held: false } : parseKeeping(text);
}

async function extend(path: string, until: number): Promise<void> {
  const known = await readFile(`${path}.json`, 'utf8').catch(() => null);
  const before = known === null ? { retainUntil: 0, held: false } : parseKeeping(known);
  if (known === null || until > before.retainUntil) {
    await writeKeeping(path, { ...before, retainUntil: Math.max(until, before.retainUntil) });
  }
}

async function writeKeeping(path: string, keeping: Keeping): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  const file = await open(draft, 'wx', 0o600);
  await file.writeFile(renderKeeping(keeping));
  await file.sync();
  await file.close();
  await rename(draft, `${path}.json`);
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync();
  await folder.close();
}

/** What the disk refuses is a fault of the provider: with space again, the same call succeeds. */
async function withDisk<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    const { code, syscall } = cause as NodeJS.ErrnoException;
    if (syscall === undefined) throw cause;
    throw new ProviderError(
      'EVIDENCE_STORE_FAILED',
      `The folder of evidence could not ${what} a file (${code})`,
      'Look at space and rights of the folder that EVIDENCE_STORE names; it is tried again.',
      { retryable: true, cause },
    );
  }
}
