/**
 * The part of the zip format (PKWARE APPNOTE 6.3.10) that evidence uses: stored entries; zip64 where a number
 * does not fit and nowhere else; no encryption, comments, data descriptors or other extra fields. Offsets are
 * those of the APPNOTE's tables.
 */
export const signatures = {
  local: 0x04034b50,
  central: 0x02014b50,
  end: 0x06054b50,
  end64: 0x06064b50,
  locator64: 0x07064b50,
} as const;
export const sizes = { local: 30, central: 46, end: 22, end64: 56, locator64: 20 } as const;

export const maxUint16 = 0xffff;
export const maxUint32 = 0xffffffff;

/** Version 2.0, or 4.5 for what needs zip64. */
const version = 20;
const version64 = 45;
/** Made on Unix, so that the mode below counts. */
const unix = 3 << 8;
/** Names are UTF-8. */
const utf8Flag = 0x0800;
const stored = 0;
/** 1980-01-01 00:00, the format's zero. */
const fixedTime = 0;
const fixedDate = 0x21;
/** A regular file, rw-r--r--. */
const fixedAttributes = (0o100644 << 16) >>> 0;
const extra64 = 0x0001;

/** What the headers say about one entry. */
export interface Header {
  readonly name: string;
  readonly size: number;
  readonly crc: number;
}

/** The header before an entry's content. */
export function localHeader({ name, size, crc }: Header): Buffer {
  const rawName = Buffer.from(name, 'utf8');
  const extra = size >= maxUint32 ? zip64Extra([size, size]) : Buffer.alloc(0);
  const header = Buffer.alloc(sizes.local);
  header.writeUInt32LE(signatures.local, 0);
  writeCommon(header, 4, { size, crc, name: rawName, extra, wide: extra.length > 0 });
  return Buffer.concat([header, rawName, extra]);
}

/** The entry's line in the directory; `offset` is where its local header lies. */
export function centralHeader({ name, size, crc }: Header, offset: number): Buffer {
  const rawName = Buffer.from(name, 'utf8');
  const wide = [...(size >= maxUint32 ? [size, size] : []), ...(offset >= maxUint32 ? [offset] : [])];
  const extra = wide.length > 0 ? zip64Extra(wide) : Buffer.alloc(0);
  const header = Buffer.alloc(sizes.central);
  header.writeUInt32LE(signatures.central, 0);
  header.writeUInt16LE(unix | (wide.length > 0 ? version64 : version), 4);
  writeCommon(header, 6, { size, crc, name: rawName, extra, wide: wide.length > 0 });
  header.writeUInt32LE(fixedAttributes, 38);
  header.writeUInt32LE(Math.min(offset, maxUint32), 42);
  return Buffer.concat([header, rawName, extra]);
}

/** What ends the file: the end record, with the two zip64 records before it when a number does not fit. */
export function endRecords(count: number, size: number, offset: number): Buffer {
  const record = Buffer.alloc(sizes.end);
  record.writeUInt32LE(signatures.end, 0);
  record.writeUInt16LE(Math.min(count, maxUint16), 8);
  record.writeUInt16LE(Math.min(count, maxUint16), 10);
  record.writeUInt32LE(Math.min(size, maxUint32), 12);
  record.writeUInt32LE(Math.min(offset, maxUint32), 16);
  const wide = count >= maxUint16 || size >= maxUint32 || offset >= maxUint32;
  return wide ? Buffer.concat([endRecord64(count, size, offset), locator64(offset + size), record]) : record;
}

function endRecord64(count: number, size: number, offset: number): Buffer {
  const record = Buffer.alloc(sizes.end64);
  record.writeUInt32LE(signatures.end64, 0);
  record.writeBigUInt64LE(BigInt(sizes.end64 - 12), 4);
  record.writeUInt16LE(unix | version64, 12);
  record.writeUInt16LE(version64, 14);
  record.writeBigUInt64LE(BigInt(count), 24);
  record.writeBigUInt64LE(BigInt(count), 32);
  record.writeBigUInt64LE(BigInt(size), 40);
  record.writeBigUInt64LE(BigInt(offset), 48);
  return record;
}

function locator64(offset: number): Buffer {
  const record = Buffer.alloc(sizes.locator64);
  record.writeUInt32LE(signatures.locator64, 0);
  record.writeBigUInt64LE(BigInt(offset), 8);
  record.writeUInt32LE(1, 16);
  return record;
}

function zip64Extra(values: readonly number[]): Buffer {
  const extra = Buffer.alloc(4 + 8 * values.length);
  extra.writeUInt16LE(extra64, 0);
  extra.writeUInt16LE(8 * values.length, 2);
  for (const [index, value] of values.entries()) extra.writeBigUInt64LE(BigInt(value), 4 + 8 * index);
  return extra;
}

interface Common {
  readonly size: number;
  readonly crc: number;
  readonly name: Buffer;
  readonly extra: Buffer;
  readonly wide: boolean;
}

/** The members that both headers have in one order: version needed … length of the extra field. */
function writeCommon(header: Buffer, at: number, { size, crc, name, extra, wide }: Common): void {
  header.writeUInt16LE(wide ? version64 : version, at);
  header.writeUInt16LE(utf8Flag, at + 2);
  header.writeUInt16LE(stored, at + 4);
  header.writeUInt16LE(fixedTime, at + 6);
  header.writeUInt16LE(fixedDate, at + 8);
  header.writeUInt32LE(crc, at + 10);
  header.writeUInt32LE(Math.min(size, maxUint32), at + 14);
  header.writeUInt32LE(Math.min(size, maxUint32), at + 18);
  header.writeUInt16LE(name.length, at + 22);
  header.writeUInt16LE(extra.length, at + 24);
}
