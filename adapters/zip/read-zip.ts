import { createHash, type Hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { blocksOf } from '../../core/evidence/bytes.ts';
import { pathProblem } from '../../core/evidence/path.ts';
import type { ReadArchive } from '../../core/ports/archive.ts';
import type { ByteSource } from '../../core/ports/blob-store.ts';
import { badArchive } from './bad-archive.ts';
import { type Directory, type DirectoryEntry, readDirectory } from './directory.ts';
import * as format from './format.ts';

/** What one archive may cost. Bytes; `keptBytes` of the files that are kept in memory, together. */
export interface ZipLimits {
  readonly entries: number;
  readonly totalBytes: number;
  readonly keptBytes: number;
}

const defaultLimits: ZipLimits = {
  entries: 100_000,
  totalBytes: 64 * 1_024 ** 3,
  keptBytes: 256 * 1_024 ** 2,
};

/**
 * Reads a zip that anybody may have made (`ArchiveReader`), and accepts one reading of it only: every byte
 * belongs to exactly one entry, and every header is the one that the writer makes. General zip readers recover
 * from such things, each in its own way, which is how one file comes to show two contents. Each byte is read
 * once; nothing is unpacked, so nothing can grow.
 *
 * @throws VerificationError `BAD_ARCHIVE`; the message names the entry.
 */
export async function readZip(
  source: ByteSource,
  keep: (path: string) => boolean = () => true,
  limits: Partial<ZipLimits> = {},
): Promise<ReadArchive> {
  const bounds = { ...defaultLimits, ...limits };
  const directory = await readDirectory(source, bounds.entries);
  checkNames(directory.entries);
  checkPlaces(directory);
  checkSizes(directory.entries, keep, bounds);
  return readFiles(source, directory.entries, keep);
}

function checkNames(entries: readonly DirectoryEntry[]): void {
  const seen = new Map<string, string>();
  let last = '';
  for (const { name } of entries) {
    const problem = pathProblem(name);
    if (problem !== null) throw badArchive(name, problem);
    const twin = seen.get(name.toLowerCase());
    if (twin === name) throw badArchive(name, 'stands twice');
    if (twin !== undefined) throw badArchive(name, `differs from ${twin} in case only`);
    if (name < last) throw badArchive(name, `stands behind ${last}, entries are sorted`);
    seen.set(name.toLowerCase(), name);
    last = name;
  }
}

/** The entries fill everything before the directory, in its order. */
function checkPlaces({ entries, start }: Directory): void {
  let at = 0;
  for (const entry of entries) {
    if (entry.offset !== at)
      throw badArchive(entry.name, `begins at byte ${entry.offset}, expected byte ${at}`);
    at += format.localHeader(entry).length + entry.size;
    if (at > start) throw badArchive(entry.name, 'runs into the directory');
  }
  if (at !== start) throw badArchive(null, `${start - at} bytes before the directory belong to no entry`);
}

function checkSizes(
  entries: readonly DirectoryEntry[],
  keep: (path: string) => boolean,
  limits: ZipLimits,
): void {
  let total = 0;
  let kept = 0;
  for (const { name, size } of entries) {
    total += size;
    if (keep(name)) kept += size;
    if (total > limits.totalBytes)
      throw badArchive(name, `brings the archive over ${limits.totalBytes} bytes`);
    if (kept > limits.keptBytes)
      throw badArchive(name, `brings what has to be read over ${limits.keptBytes} bytes`);
  }
}

async function readFiles(
  source: ByteSource,
  entries: readonly DirectoryEntry[],
  keep: (path: string) => boolean,
): Promise<ReadArchive> {
  const pass = new Pass(source);
  const found = new Map<string, { size: number; sha256: string }>();
  const files = new Map<string, Uint8Array>();
  for (const entry of entries) {
    const header = format.localHeader(entry);
    if (!header.equals(await pass.take(header.length))) {
      throw badArchive(entry.name, "has a header that differs from the directory's");
    }
    const content = new Content(keep(entry.name));
    await pass.each(entry.size, (bytes) => content.add(bytes));
    if (content.crc !== entry.crc) throw badArchive(entry.name, 'has content that does not fit its checksum');
    found.set(entry.name, { size: entry.size, sha256: content.digest.digest('hex') });
    if (content.kept !== null) files.set(entry.name, Buffer.concat(content.kept));
  }
  return { sha256: await pass.finish(), entries: found, files };
}

/** One pass over the archive, digested as it goes. */
class Pass {
  readonly #blocks: AsyncIterator<Uint8Array>;
  readonly #digest = createHash('sha256');
  #block: Uint8Array = new Uint8Array();
  #at = 0;

  constructor(source: ByteSource) {
    this.#blocks = blocksOf(source);
  }

  async each(length: number, use: (bytes: Uint8Array) => void): Promise<void> {
    for (let left = length; left > 0; ) {
      if (this.#at === this.#block.length && !(await this.#next())) {
        throw badArchive(null, `ends ${left} bytes early`);
      }
      const part = this.#block.subarray(this.#at, this.#at + left);
      use(part);
      this.#at += part.length;
      left -= part.length;
    }
  }

  async take(length: number): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    await this.each(length, (part) => parts.push(part.slice()));
    return Buffer.concat(parts);
  }

  /** Digest of the whole, with what is left of it. */
  async finish(): Promise<string> {
    while (await this.#next());
    return this.#digest.digest('hex');
  }

  async #next(): Promise<boolean> {
    const { value, done } = await this.#blocks.next();
    if (done === true) return false;
    this.#digest.update(value);
    this.#block = value;
    this.#at = 0;
    return true;
  }
}

/** One entry's content as it passes by. */
class Content {
  readonly digest: Hash = createHash('sha256');
  readonly kept: Uint8Array[] | null;
  crc = 0;

  constructor(keep: boolean) {
    this.kept = keep ? [] : null;
  }

  add(bytes: Uint8Array): void {
    this.digest.update(bytes);
    this.crc = crc32(bytes, this.crc);
    this.kept?.push(bytes.slice());
  }
}
