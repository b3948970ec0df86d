import { crc32 } from 'node:zlib';
import { InputError } from '../../core/errors.ts';
import { pathProblem } from '../../core/evidence/path.ts';
import type { ArchiveEntry } from '../../core/ports/archive.ts';
import * as format from './format.ts';

/**
 * Writes a zip: sorted names, fixed times and modes, every entry stored. Deflate is not used because its output
 * differs between builds of zlib, and the same evidence must give the same bytes on every machine.
 *
 * @throws InputError `BAD_ENTRY` for a path that may not stand in a zip, twice the same path, or more than
 * 65,534 entries or 4 GiB.
 */
export function writeZip(entries: readonly ArchiveEntry[]): Uint8Array {
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  check(sorted);
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { path, bytes } of sorted) {
    const name = Buffer.from(path, 'utf8');
    const crc = crc32(bytes);
    const local = localHeader(name, crc, bytes.length);
    directory.push(centralHeader(name, crc, bytes.length, offset), name);
    files.push(local, name, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    offset += local.length + name.length + bytes.length;
  }
  const central = Buffer.concat(directory);
  return Buffer.concat([...files, central, endRecord(sorted.length, central.length, offset)]);
}

function check(sorted: readonly ArchiveEntry[]): void {
  for (const [index, { path }] of sorted.entries()) {
    const problem = pathProblem(path) ?? (sorted[index - 1]?.path === path ? 'stands twice' : null);
    if (problem !== null) throw badEntry(`${JSON.stringify(path)}: ${problem}`);
  }
  const size = sorted.reduce((sum, { path, bytes }) => sum + bytes.length + 2 * path.length + 76, 22);
  if (sorted.length >= format.maxUint16) throw badEntry(`${sorted.length} entries are too many`);
  if (size >= format.maxUint32) throw badEntry(`${size} bytes are too many`);
}

function localHeader(name: Buffer, crc: number, size: number): Buffer {
  const header = Buffer.alloc(format.sizes.local);
  header.writeUInt32LE(format.signatures.local, 0);
  writeCommon(header, 4, crc, size, name.length);
  return header;
}

function centralHeader(name: Buffer, crc: number, size: number, offset: number): Buffer {
  const header = Buffer.alloc(format.sizes.central);
  header.writeUInt32LE(format.signatures.central, 0);
  header.writeUInt16LE(format.versionMadeBy, 4);
  writeCommon(header, 6, crc, size, name.length);
  header.writeUInt32LE(format.fixedAttributes, 38);
  header.writeUInt32LE(offset, 42);
  return header;
}

/** The members that both headers have in one order: version needed … length of the extra field. */
function writeCommon(header: Buffer, at: number, crc: number, size: number, nameLength: number): void {
  header.writeUInt16LE(format.versionNeeded, at);
  header.writeUInt16LE(format.utf8Flag, at + 2);
  header.writeUInt16LE(format.methods.stored, at + 4);
  header.writeUInt16LE(format.fixedTime, at + 6);
  header.writeUInt16LE(format.fixedDate, at + 8);
  header.writeUInt32LE(crc, at + 10);
  header.writeUInt32LE(size, at + 14);
  header.writeUInt32LE(size, at + 18);
  header.writeUInt16LE(nameLength, at + 22);
}

function endRecord(count: number, size: number, offset: number): Buffer {
  const record = Buffer.alloc(format.sizes.end);
  record.writeUInt32LE(format.signatures.end, 0);
  record.writeUInt16LE(count, 8);
  record.writeUInt16LE(count, 10);
  record.writeUInt32LE(size, 12);
  record.writeUInt32LE(offset, 16);
  return record;
}

function badEntry(message: string): InputError {
  return new InputError('BAD_ENTRY', message, 'give the entry a plain relative path, once');
}
