import { badArchive } from './bad-archive.ts';
import * as format from './format.ts';

/** One entry of the central directory. */
export interface DirectoryEntry {
  readonly name: string;
  readonly rawName: Buffer;
  readonly header: Buffer;
  readonly madeBy: number;
  readonly method: number;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  readonly attributes: number;
  readonly offset: number;
}

/** Reads the end record and the directory before it, which together end the file. */
export function readDirectory(
  zip: Buffer,
  maxEntries: number,
): { entries: readonly DirectoryEntry[]; start: number } {
  const { count, size, start } = readEnd(zip);
  if (count > maxEntries) throw badArchive(null, `has ${count} entries, allowed are ${maxEntries}`);
  const end = start + size;
  const entries: DirectoryEntry[] = [];
  let at = start;
  while (at < end) {
    const entry = readEntry(zip, at, end);
    entries.push(entry);
    at += format.sizes.central + entry.rawName.length;
    if (entries.length > count) break;
  }
  if (entries.length !== count) {
    throw badArchive(null, `the end record counts ${count} entries, the directory holds another number`);
  }
  return { entries, start };
}

function readEnd(zip: Buffer): { count: number; size: number; start: number } {
  const at = zip.length - format.sizes.end;
  if (at < 0 || zip.readUInt32LE(at) !== format.signatures.end) {
    const trailing = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
    throw badArchive(
      null,
      trailing < 0 ? 'is not a zip file' : 'has data or a comment behind its end record',
    );
  }
  const count = zip.readUInt16LE(at + 10);
  const size = zip.readUInt32LE(at + 12);
  const start = zip.readUInt32LE(at + 16);
  if (zip.readUInt16LE(at + 20) !== 0) throw badArchive(null, 'has a comment');
  if (zip.readUInt32LE(at + 4) !== 0 || zip.readUInt16LE(at + 8) !== count) {
    throw badArchive(null, 'is split over several disks');
  }
  if (count === format.maxUint16 || size === format.maxUint32 || start === format.maxUint32) {
    throw badArchive(null, 'uses zip64');
  }
  if (start + size !== at) throw badArchive(null, 'has a directory that does not end at the end record');
  return { count, size, start };
}

function readEntry(zip: Buffer, at: number, end: number): DirectoryEntry {
  const nameAt = at + format.sizes.central;
  if (nameAt > end || zip.readUInt32LE(at) !== format.signatures.central) {
    throw badArchive(null, `expected a directory entry at byte ${at}`);
  }
  const header = zip.subarray(at, nameAt);
  const rawName = zip.subarray(nameAt, nameAt + header.readUInt16LE(28));
  if (nameAt + rawName.length > end)
    throw badArchive(null, `the directory entry at byte ${at} has no full name`);
  const name = decodeName(rawName, at);
  checkHeader(name, header);
  return {
    name,
    rawName,
    header,
    madeBy: header.readUInt16LE(4),
    method: header.readUInt16LE(10),
    crc: header.readUInt32LE(16),
    packedSize: header.readUInt32LE(20),
    size: header.readUInt32LE(24),
    attributes: header.readUInt32LE(38),
    offset: header.readUInt32LE(42),
  };
}

function checkHeader(name: string, header: Buffer): void {
  const flags = header.readUInt16LE(8);
  if ((flags & 1) !== 0) throw badArchive(name, 'is encrypted');
  if ((flags & ~format.utf8Flag) !== 0)
    throw badArchive(name, `has unsupported flags 0x${flags.toString(16)}`);
  const method = header.readUInt16LE(10);
  if (method !== format.methods.stored && method !== format.methods.deflated) {
    throw badArchive(name, `is packed with method ${method}`);
  }
  if (header.readUInt16LE(6) > format.versionNeeded)
    throw badArchive(name, 'needs a newer zip version than 2.0');
  if (header.readUInt16LE(30) !== 0) throw badArchive(name, 'has an extra field');
  if (header.readUInt16LE(32) !== 0) throw badArchive(name, 'has a comment');
  if (header.readUInt16LE(34) !== 0) throw badArchive(name, 'is on another disk');
  const wide = [20, 24, 42].some((place) => header.readUInt32LE(place) === format.maxUint32);
  if (wide) throw badArchive(name, 'uses zip64');
}

function decodeName(raw: Buffer, at: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    throw badArchive(null, `the name of the directory entry at byte ${at} is not UTF-8`);
  }
}
