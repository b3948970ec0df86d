import { badArchive } from './bad-archive.ts';
import { maxUint16, maxUint32, signatures, sizes } from './format.ts';

/** One entry of a zip that any tool may have written. Sizes and places in bytes. */
export interface PackedEntry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly isDeflated: boolean;
  readonly hasDescriptor: boolean;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  /** Where its local header begins, and where its content does. */
  readonly offset: number;
  readonly contentAt: number;
}

/**
 * Reads the end record and the central directory of a zip (APPNOTE 6.3.10), and compares each entry with its local
 * header. One disk, no comment, nothing behind the end, no encryption, no links, no zip64.
 */
export function readPackedDirectory(
  zip: Buffer,
  maxEntries: number,
): { readonly entries: readonly PackedEntry[]; readonly start: number } {
  const end = zip.length - sizes.end;
  if (end < 0 || zip.readUInt32LE(end) !== signatures.end) {
    throw badArchive(null, 'is not a zip, or has something behind its end');
  }
  const count = zip.readUInt16LE(end + 10);
  const length = zip.readUInt32LE(end + 12);
  const start = zip.readUInt32LE(end + 16);
  if (zip.readUInt32LE(end + 4) !== 0 || zip.readUInt16LE(end + 8) !== count) {
    throw badArchive(null, 'is split over several disks');
  }
  if (zip.readUInt16LE(end + 20) !== 0) throw badArchive(null, 'has a comment');
  if (count === maxUint16 || length === maxUint32 || start === maxUint32) {
    throw badArchive(null, 'is in zip64 format, which is not needed for results');
  }
  if (count > maxEntries) throw badArchive(null, `has ${count} entries, allowed are ${maxEntries}`);
  if (start + length !== end) throw badArchive(null, 'has a directory that does not end at the end record');
  const entries: PackedEntry[] = [];
  let at = start;
  while (at < end) {
    const { entry, next } = readEntry(zip, at, end);
    entries.push(entry);
    if (entries.length > count) break;
    at = next;
  }
  if (entries.length !== count) {
    throw badArchive(null, `the end record counts ${count} entries, the directory holds another number`);
  }
  return { entries, start };
}

function readEntry(
  zip: Buffer,
  at: number,
  end: number,
): { readonly entry: PackedEntry; readonly next: number } {
  if (at + sizes.central > end || zip.readUInt32LE(at) !== signatures.central) {
    throw badArchive(null, `expected a directory entry at byte ${at}`);
  }
  const nameAt = at + sizes.central;
  const nameEnd = nameAt + zip.readUInt16LE(at + 28);
  const next = nameEnd + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  if (next > end) throw badArchive(null, `the directory entry at byte ${at} is cut off`);
  const name = decodeName(zip.subarray(nameAt, nameEnd), at);
  checkKind(zip, at, name);
  const entry = {
    name,
    isFolder: name.endsWith('/'),
    isDeflated: zip.readUInt16LE(at + 10) === deflated,
    hasDescriptor: (zip.readUInt16LE(at + 8) & 8) !== 0,
    crc: zip.readUInt32LE(at + 16),
    packedSize: zip.readUInt32LE(at + 20),
    size: zip.readUInt32LE(at + 24),
    offset: zip.readUInt32LE(at + 42),
  };
  if (entry.isFolder && entry.size !== 0) throw badArchive(name, 'is a folder with content');
  return { entry: { ...entry, contentAt: contentPlace(zip, at, entry) }, next };
}

const stored = 0;
const deflated = 8;

function checkKind(zip: Buffer, at: number, name: string): void {
  const flags = zip.readUInt16LE(at + 8);
  if ((flags & 0x2041) !== 0) throw badArchive(name, 'is encrypted');
  const method = zip.readUInt16LE(at + 10);
  if (method !== stored && method !== deflated) throw badArchive(name, `is packed with method ${method}`);
  if (zip.readUInt16LE(at + 32) !== 0) throw badArchive(name, 'has a comment');
  if (zip.readUInt16LE(at + 34) !== 0) throw badArchive(name, 'is on another disk');
  const wide = [20, 24, 42].some((place) => zip.readUInt32LE(at + place) === maxUint32);
  if (wide) throw badArchive(name, 'has zip64 sizes, which results do not need');
  const isUnix = zip.readUInt8(at + 5) === 3;
  const type = zip.readUInt16LE(at + 40) & 0o170000;
  const allowed = name.endsWith('/') ? [0, 0o040000] : [0, 0o100000];
  if (isUnix && !allowed.includes(type))
    throw badArchive(name, `is not a regular file (mode ${type.toString(8)})`);
}

/** The local header says what the directory says, sizes and checksum unless they follow in a data descriptor. */
function contentPlace(zip: Buffer, central: number, entry: Omit<PackedEntry, 'contentAt'>): number {
  const { name, offset } = entry;
  if (offset + sizes.local > zip.length || zip.readUInt32LE(offset) !== signatures.local) {
    throw badArchive(name, `has no local header at byte ${offset}`);
  }
  const nameAt = offset + sizes.local;
  const nameEnd = nameAt + zip.readUInt16LE(offset + 26);
  const same =
    zip.readUInt16LE(offset + 6) === zip.readUInt16LE(central + 8) &&
    zip.readUInt16LE(offset + 8) === zip.readUInt16LE(central + 10) &&
    zip.subarray(nameAt, nameEnd).equals(Buffer.from(name, 'utf8')) &&
    (entry.hasDescriptor ||
      (zip.readUInt32LE(offset + 14) === entry.crc &&
        zip.readUInt32LE(offset + 18) === entry.packedSize &&
        zip.readUInt32LE(offset + 22) === entry.size));
  if (!same) throw badArchive(name, "has a header that differs from the directory's");
  return nameEnd + zip.readUInt16LE(offset + 28);
}

function decodeName(raw: Buffer, at: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    throw badArchive(null, `the name of the entry at byte ${at} is not UTF-8`);
  }
}
