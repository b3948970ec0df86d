import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProviderError } from '../../core/errors.ts';
import { memorySource } from '../../core/evidence/bytes.ts';
import type { ByteSource, Pieces } from '../../core/ports/blob-store.ts';
import { openFile } from './file-source.ts';

/** Bytes that came once, to be read anywhere and more than once. */
export interface Spooled extends ByteSource {
  /** Hex. */
  readonly sha256: string;
  /** Gives the room back. */
  close(): Promise<void>;
}

/** What is kept in memory; more goes to the system's temporary folder. */
const memoryBytes = 8 * 1_048_576;

/**
 * Keeps what arrives piece by piece: a little in memory, more in a file that nobody else can read.
 *
 * @throws ProviderError `SPOOL_FAILED` (retryable) when the disk refuses; whatever the pieces throw.
 */
export async function spool(pieces: Pieces): Promise<Spooled> {
  const digest = createHash('sha256');
  const held: Uint8Array[] = [];
  let size = 0;
  let file: SpoolFile | null = null;
  try {
    for await (const piece of pieces) {
      digest.update(piece);
      size += piece.length;
      if (file === null && size > memoryBytes) {
        file = await SpoolFile.create();
        for (const earlier of held.splice(0)) await file.append(earlier);
      }
      if (file === null) held.push(Uint8Array.from(piece));
      else await file.append(piece);
    }
    const sha256 = digest.digest('hex');
    if (file === null) return { ...memorySource(Buffer.concat(held)), sha256, close: async () => {} };
    return { ...(await file.read()), sha256 };
  } catch (error) {
    await file?.remove();
    throw error;
  }
}

class SpoolFile {
  readonly #folder: string;
  readonly #path: string;
  readonly #file: FileHandle;

  private constructor(folder: string, path: string, file: FileHandle) {
    this.#folder = folder;
    this.#path = path;
    this.#file = file;
  }

  static create(): Promise<SpoolFile> {
    return onDisk(async () => {
      const folder = await mkdtemp(join(tmpdir(), 'release-conductor-'));
      const path = join(folder, randomUUID());
      return new SpoolFile(folder, path, await open(path, 'wx', 0o600));
    });
  }

  append(piece: Uint8Array): Promise<void> {
    return onDisk(() => this.#file.appendFile(piece));
  }

  async read(): Promise<ByteSource & { close(): Promise<void> }> {
    await this.#file.close();
    const source = await openFile(this.#path);
    return {
      ...source,
      close: async () => {
        await source.close();
        await rm(this.#folder, { recursive: true, force: true });
      },
    };
  }

  async remove(): Promise<void> {
    await this.#file.close().catch(() => {});
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function onDisk<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    throw new ProviderError(
      'SPOOL_FAILED',
      `The temporary folder could not take a file (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      'Look at its space and rights (TMPDIR); it is tried again.',
      { retryable: true, cause },
    );
  }
}
