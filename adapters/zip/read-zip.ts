import { crc32 } from 'node:zlib';
import { pathProblem } from '../../core/evidence/path.ts';
import type { ArchiveEntry } from '../../core/ports/archive.ts';
import { badArchive } from './bad-archive.ts';
import { type DirectoryEntry, readDirectory } from './directory.ts';
import * as format from './format.ts';
import { inflateExactly } from './inflate.ts';

/** What one archive may cost. Bytes; `ratio` is unpacked size to packed size of one entry. */
export interface ZipLimits {
  readonly entries: number;
  readonly entryBytes: number;
  readonly totalBytes: number;
  readonly ratio: number;
}

const defaultLimits: ZipLimits = {
  entries: 10_000,
  entryBytes: 64 * 1_024 * 1_024,
  totalBytes: 512 * 1_024 * 1_024,
  ratio: 200,
};

/**
 * Reads a zip that anybody may have made, and accepts one reading of it only: every byte belongs to exactly
 * one entry, the two headers of an entry agree, and nothing is left over. General zip readers recover from
 * such things, each in its own way, which is how one file comes to show two contents.
 *
 * @throws VerificationError `BAD_ARCHIVE`; the message names the entry.
 */
export function readZip(bytes: Uint8Array, limits: Partial<ZipLimits> = {}): readonly ArchiveEntry[] {
  const zip = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const bounds = { ...defaultLimits, ...limits };
  const { entries, start } = readDirectory(zip, bounds.entries);
  checkNames(entries);
  checkSizes(entries, bounds);
  return readFiles(zip, entries, start);
}

function checkNames(entries: readonly DirectoryEntry[]): void {
  const seen = new Map<string, string>();
  for (const { name, attributes, madeBy } of entries) {
    const problem = pathProblem(name);
    if (problem !== null) throw badArchive(name, problem);
    const twin = seen.get(name.toLowerCase());
    if (twin === name) throw badArchive(name, 'stands twice');
    if (twin !== undefined) throw badArchive(name, `differs from ${twin} in case only`);
    seen.set(name.toLowerCase(), name);
    checkKind(name, attributes, madeBy);
  }
}

/** A Unix mode other than a regular file's is a link, a folder or a device. */
function checkKind(name: string, attributes: number, madeBy: number): void {
  const mode = attributes >>> 16;
  const isRegular = (mode & 0o170000) === 0o100000 || mode === 0;
  if (!isRegular) throw badArchive(name, `is not a regular file (mode ${mode.toString(8)})`);
  if ((attributes & 0x10) !== 0) throw badArchive(name, 'is marked as a folder');
  const system = madeBy >>> 8;
  if (system !== 0 && system !== 3) throw badArchive(name, `was made on an unknown system (${system})`);
}

function checkSizes(entries: readonly DirectoryEntry[], limits: ZipLimits): void {
  let total = 0;
  for (const { name, size, packedSize, method } of entries) {
    if (size > limits.entryBytes)
      throw badArchive(name, `unpacks to ${size} bytes, allowed are ${limits.entryBytes}`);
    if (method === format.methods.stored && size !== packedSize) {
      throw badArchive(name, `is stored, yet says ${packedSize} bytes packed and ${size} unpacked`);
    }
    if (size > packedSize * limits.ratio + 1_024) {
      throw badArchive(name, `unpacks to more than ${limits.ratio} times its size`);
    }
    total += size;
    if (total > limits.totalBytes)
      throw badArchive(name, `brings the archive over ${limits.totalBytes} bytes`);
  }
}

/** The files in the order in which they lie; together they fill everything before the directory. */
function readFiles(zip: Buffer, entries: readonly DirectoryEntry[], end: number): readonly ArchiveEntry[] {
  let at = 0;
  const files = [...entries]
    .sort((a, b) => a.offset - b.offset)
    .map((entry) => {
      if (entry.offset !== at) throw badArchive(entry.name, `begins at byte ${entry.offset}, expected ${at}`);
      const dataAt = checkLocalHeader(zip, entry, end);
      at = dataAt + entry.packedSize;
      if (at > end) throw badArchive(entry.name, 'runs into the directory');
      return { path: entry.name, bytes: unpack(entry, zip.subarray(dataAt, at)) };
    });
  if (at !== end) throw badArchive(null, `${end - at} bytes before the directory belong to no entry`);
  return files;
}

/** The local header repeats the directory's entry, word for word. Answers where the data begins. */
function checkLocalHeader(zip: Buffer, entry: DirectoryEntry, end: number): number {
  const { offset, header, rawName } = entry;
  const nameAt = offset + format.sizes.local;
  if (nameAt + rawName.length > end || zip.readUInt32LE(offset) !== format.signatures.local) {
    throw badArchive(entry.name, 'has no header where the directory says');
  }
  const local = zip.subarray(offset + 4, offset + format.sizes.local);
  const central = header.subarray(6, 6 + local.length);
  if (!local.equals(central) || !zip.subarray(nameAt, nameAt + rawName.length).equals(rawName)) {
    throw badArchive(entry.name, "has a header that differs from the directory's");
  }
  return nameAt + rawName.length;
}

function unpack(entry: DirectoryEntry, packed: Buffer): Uint8Array {
  const bytes =
    entry.method === format.methods.stored ? packed : inflateExactly(entry.name, packed, entry.size);
  if (crc32(bytes) !== entry.crc) throw badArchive(entry.name, 'has content that does not fit its checksum');
  return bytes;
}
