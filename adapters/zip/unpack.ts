import { crc32, inflateRawSync } from 'node:zlib';
import { pathProblem } from '../../core/evidence/path.ts';
import { badArchive } from './bad-archive.ts';
import { type PackedEntry, readPackedDirectory } from './packed-directory.ts';

export interface UnpackLimits {
  readonly entries: number;
  readonly fileBytes: number;
  readonly totalBytes: number;
}

/**
 * Unpacks a zip that anybody may have made with any tool, in memory: plain files only, stored or deflated. Refused, by
 * name, is whatever two readers could read differently (overlaps, gaps, headers that disagree, two names for one place)
 * and whatever grows over the limits, before it has grown.
 *
 * @throws VerificationError `BAD_ARCHIVE`
 */
export function unpackZip(zip: Uint8Array, limits: UnpackLimits): ReadonlyMap<string, Uint8Array> {
  const bytes = Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength);
  const { entries, start } = readPackedDirectory(bytes, limits.entries);
  checkNames(entries);
  checkSizes(entries, limits);
  checkPlaces(bytes, entries, start);
  return new Map(
    entries.filter(({ isFolder }) => !isFolder).map((entry) => [entry.name, contentOf(bytes, entry)]),
  );
}

function checkNames(entries: readonly PackedEntry[]): void {
  const seen = new Map<string, string>();
  for (const { name, isFolder } of entries) {
    const path = isFolder ? name.slice(0, -1) : name;
    const problem = pathProblem(path);
    if (problem !== null) throw badArchive(name, problem);
    const twin = seen.get(path.toLowerCase());
    if (twin !== undefined)
      throw badArchive(name, twin === path ? 'stands twice' : `differs from ${twin} in case only`);
    seen.set(path.toLowerCase(), path);
  }
  for (const { name } of entries.filter(({ isFolder }) => !isFolder)) {
    const inside = entries.find((other) => other.name.toLowerCase().startsWith(`${name.toLowerCase()}/`));
    if (inside !== undefined) throw badArchive(inside.name, `lies in ${name}, which is a file`);
  }
}

function checkSizes(entries: readonly PackedEntry[], limits: UnpackLimits): void {
  let total = 0;
  for (const { name, size } of entries) {
    if (size > limits.fileBytes) throw badArchive(name, `has ${size} bytes, allowed are ${limits.fileBytes}`);
    total += size;
    if (total > limits.totalBytes)
      throw badArchive(name, `brings the archive over ${limits.totalBytes} bytes`);
  }
}

/** The entries fill everything before the directory, one behind the other; only a data descriptor may stand between. */
function checkPlaces(bytes: Buffer, entries: readonly PackedEntry[], start: number): void {
  let at = 0;
  for (const entry of [...entries].sort((a, b) => a.offset - b.offset)) {
    if (entry.offset !== at)
      throw badArchive(entry.name, `begins at byte ${entry.offset}, expected byte ${at}`);
    at = entry.contentAt + entry.packedSize;
    if (at > start) throw badArchive(entry.name, 'runs into the directory');
    if (entry.hasDescriptor) at += descriptorLength(bytes, at, entry);
  }
  if (at !== start) throw badArchive(null, `${start - at} bytes before the directory belong to no entry`);
}

/** A data descriptor: an optional signature, the checksum, both sizes in 4 or 8 bytes each (APPNOTE 4.3.9). */
function descriptorLength(bytes: Buffer, at: number, { name, crc, packedSize, size }: PackedEntry): number {
  const signature = Buffer.from('PK\x07\x08', 'latin1');
  for (const wide of [false, true]) {
    const body = Buffer.alloc(wide ? 20 : 12);
    body.writeUInt32LE(crc, 0);
    if (wide) {
      body.writeBigUInt64LE(BigInt(packedSize), 4);
      body.writeBigUInt64LE(BigInt(size), 12);
    } else {
      body.writeUInt32LE(packedSize, 4);
      body.writeUInt32LE(size, 8);
    }
    for (const whole of [Buffer.concat([signature, body]), body]) {
      if (whole.equals(bytes.subarray(at, at + whole.length))) return whole.length;
    }
  }
  throw badArchive(name, 'has a data descriptor that differs from the directory');
}

function contentOf(
  bytes: Buffer,
  { name, contentAt, packedSize, size, crc, isDeflated }: PackedEntry,
): Uint8Array {
  const packed = bytes.subarray(contentAt, contentAt + packedSize);
  const content = isDeflated ? inflate(name, packed, size) : packed;
  if (content.length !== size) throw badArchive(name, `says ${size} bytes and has ${content.length}`);
  if (crc32(content) !== crc) throw badArchive(name, 'has content that does not fit its checksum');
  return Uint8Array.from(content);
}

/** Never more than the directory says, which is within the limits. */
function inflate(name: string, packed: Buffer, size: number): Buffer {
  try {
    const { buffer, engine } = inflateRawSync(packed, {
      maxOutputLength: Math.max(size, 1),
      info: true,
    }) as unknown as {
      readonly buffer: Buffer;
      readonly engine: { readonly bytesWritten: number };
    };
    if (engine.bytesWritten === packed.length) return buffer;
  } catch {
    throw badArchive(name, `does not unpack to ${size} bytes`);
  }
  throw badArchive(name, 'has bytes behind its packed content');
}
