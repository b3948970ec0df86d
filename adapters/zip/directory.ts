import type { ByteSource } from '../../core/ports/blob-store.ts';
import { badArchive } from './bad-archive.ts';
import * as format from './format.ts';

/** One entry of the central directory. */
export interface DirectoryEntry extends format.Header {
  readonly offset: number;
}

export interface Directory {
  readonly entries: readonly DirectoryEntry[];
  /** Where the directory begins: where the entries end. */
  readonly start: number;
}

/** Reads the end records and the directory before them, which together end the file, byte for byte as written. */
export async function readDirectory(source: ByteSource, maxEntries: number): Promise<Directory> {
  const end = await readEnd(source);
  if (end.count > maxEntries) {
    throw badArchive(null, `has ${end.count} entries, allowed are ${maxEntries}`);
  }
  if (end.size > end.count * (format.sizes.central + 300)) {
    throw badArchive(null, `has a directory of ${end.size} bytes for ${end.count} entries`);
  }
  const directory = Buffer.from(await source.read(end.start, end.size));
  const entries: DirectoryEntry[] = [];
  for (let at = 0; at < directory.length; ) {
    const entry = readEntry(directory, at);
    at += checkCanonical(directory, at, entry);
    entries.push(entry);
    if (entries.length > end.count) break;
  }
  if (entries.length !== end.count) {
    throw badArchive(null, `the end record counts ${end.count} entries, the directory holds another number`);
  }
  return { entries, start: end.start };
}

interface End {
  readonly count: number;
  readonly size: number;
  readonly start: number;
}

async function readEnd(source: ByteSource): Promise<End> {
  const room = format.sizes.end64 + format.sizes.locator64 + format.sizes.end;
  const from = Math.max(0, source.size - room);
  const tail = Buffer.from(await source.read(from, room));
  const at = tail.length - format.sizes.end;
  if (at < 0 || tail.readUInt32LE(at) !== format.signatures.end) throw await withoutEnd(source);
  const end = parseEnd(tail, at);
  const expected = format.endRecords(end.count, end.size, end.start);
  if (tail.readUInt16LE(at + 20) !== 0) throw badArchive(null, 'has a comment');
  if (tail.readUInt32LE(at + 4) !== 0 || tail.readUInt16LE(at + 8) !== tail.readUInt16LE(at + 10)) {
    throw badArchive(null, 'is split over several disks');
  }
  if (end.start + end.size + expected.length !== source.size) {
    throw badArchive(null, 'has a directory that does not end at the end record');
  }
  if (expected.equals(tail.subarray(tail.length - expected.length))) return end;
  throw badArchive(null, 'has an end record that is not as the Conductor writes it');
}

/** The numbers of the end record, or those of the zip64 record where the end record refers to it. */
function parseEnd(tail: Buffer, at: number): End {
  const end = {
    count: tail.readUInt16LE(at + 10),
    size: tail.readUInt32LE(at + 12),
    start: tail.readUInt32LE(at + 16),
  };
  const wide =
    end.count === format.maxUint16 || end.size === format.maxUint32 || end.start === format.maxUint32;
  if (!wide) return end;
  const at64 = at - format.sizes.locator64 - format.sizes.end64;
  if (at64 < 0 || tail.readUInt32LE(at64) !== format.signatures.end64) {
    throw badArchive(null, 'refers to a zip64 record that is not there');
  }
  return {
    count: uint64(tail, at64 + 32, null),
    size: uint64(tail, at64 + 40, null),
    start: uint64(tail, at64 + 48, null),
  };
}

/** Says what is wrong with a file that does not end in an end record. */
async function withoutEnd(source: ByteSource): Promise<Error> {
  const reach = Math.min(source.size, format.maxUint16 + format.sizes.end);
  const tail = Buffer.from(await source.read(source.size - reach, reach));
  const trailing = tail.includes(Buffer.from('PK\x05\x06', 'latin1'));
  return badArchive(null, trailing ? 'has data or a comment behind its end record' : 'is not a zip file');
}

function readEntry(directory: Buffer, at: number): DirectoryEntry {
  const nameAt = at + format.sizes.central;
  if (nameAt > directory.length || directory.readUInt32LE(at) !== format.signatures.central) {
    throw badArchive(null, `expected a directory entry at byte ${at} of the directory`);
  }
  const extraAt = nameAt + directory.readUInt16LE(at + 28);
  const extraEnd = extraAt + directory.readUInt16LE(at + 30);
  if (extraEnd > directory.length) {
    throw badArchive(null, `the directory entry at byte ${at} of the directory has no full name`);
  }
  const name = decodeName(directory.subarray(nameAt, extraAt), at);
  checkKind(name, directory, at);
  const wide = new Zip64(name, directory.subarray(extraAt, extraEnd));
  const size = wide.resolve(directory.readUInt32LE(at + 24));
  wide.resolve(directory.readUInt32LE(at + 20)); // the packed size, which is the size
  return {
    name,
    size,
    crc: directory.readUInt32LE(at + 16),
    offset: wide.resolve(directory.readUInt32LE(at + 42)),
  };
}

/** The numbers of the zip64 extra field, in the order in which members refer to it. */
class Zip64 {
  readonly #name: string;
  readonly #extra: Buffer;
  #at = 4;

  constructor(name: string, extra: Buffer) {
    this.#name = name;
    this.#extra = extra;
  }

  resolve(value: number): number {
    if (value !== format.maxUint32) return value;
    const at = this.#at;
    if (at + 8 > this.#extra.length) throw badArchive(this.#name, 'refers to zip64 sizes that are not there');
    this.#at += 8;
    return uint64(this.#extra, at, this.#name);
  }
}

/** What the archive holds besides plain files is named before anything else is compared. */
function checkKind(name: string, directory: Buffer, at: number): void {
  const flags = directory.readUInt16LE(at + 8);
  if ((flags & 1) !== 0) throw badArchive(name, 'is encrypted');
  if ((flags & 8) !== 0) throw badArchive(name, 'has a data descriptor');
  const method = directory.readUInt16LE(at + 10);
  if (method !== 0) throw badArchive(name, `is packed with method ${method}; evidence is stored`);
  if (directory.readUInt16LE(at + 32) !== 0) throw badArchive(name, 'has a comment');
  if (directory.readUInt16LE(at + 34) !== 0) throw badArchive(name, 'is on another disk');
  const packed = directory.readUInt32LE(at + 20);
  const size = directory.readUInt32LE(at + 24);
  if (packed !== size) {
    throw badArchive(name, `is stored, yet says ${packed} bytes packed and ${size} unpacked`);
  }
  const mode = directory.readUInt16LE(at + 40);
  if ((mode & 0o170000) !== 0o100000) {
    throw badArchive(name, `is not a regular file (mode ${mode.toString(8)})`);
  }
}

/** Compares with what the writer makes of this entry; answers with its length. */
function checkCanonical(directory: Buffer, at: number, entry: DirectoryEntry): number {
  const expected = format.centralHeader(entry, entry.offset);
  if (expected.equals(directory.subarray(at, at + expected.length))) return expected.length;
  throw badArchive(entry.name, 'has a directory entry that is not as the Conductor writes it');
}

function uint64(buffer: Buffer, at: number, name: string | null): number {
  const value = buffer.readBigUInt64LE(at);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw badArchive(name, `says ${value} bytes`);
  return Number(value);
}

function decodeName(raw: Buffer, at: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    throw badArchive(null, `the name of the entry at byte ${at} of the directory is not UTF-8`);
  }
}
