import { crc32, deflateRawSync } from 'node:zlib';

/** A file of a zip as some tool would write it; every field can be made wrong. */
export interface ZipFile {
  readonly name: string;
  readonly content: Uint8Array;
  readonly deflate?: boolean;
  /** Sizes and checksum follow the content, as tools write them that do not know them before. */
  readonly descriptor?: boolean;
  /** What the directory says instead. */
  readonly says?: {
    readonly size?: number;
    readonly mode?: number;
    readonly flags?: number;
    readonly method?: number;
  };
  /** What the local header says instead. */
  readonly localName?: string;
}

/** A zip as common tools write it, byte by byte, so that tests can write what none would. */
export function makeZip(files: readonly ZipFile[], comment = ''): Uint8Array {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const { local, central } = entryOf(file, offset);
    bodies.push(local);
    directory.push(central);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(comment.length, 20);
  return new Uint8Array(Buffer.concat([...bodies, central, end, Buffer.from(comment)]));
}

function entryOf(file: ZipFile, offset: number): { readonly local: Buffer; readonly central: Buffer } {
  const packed = file.deflate ? deflateRawSync(file.content) : Buffer.from(file.content);
  const name = Buffer.from(file.name);
  const localName = Buffer.from(file.localName ?? file.name);
  const crc = crc32(file.content);
  const flags = file.says?.flags ?? (file.descriptor ? 0x0808 : 0x0800);
  const method = file.says?.method ?? (file.deflate ? 8 : 0);
  const size = file.says?.size ?? file.content.length;
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(20, 4);
  local.writeUInt16LE(flags, 6);
  local.writeUInt16LE(method, 8);
  if (!file.descriptor) {
    local.writeUInt32LE(crc, 14);
    local.writeUInt32LE(packed.length, 18);
    local.writeUInt32LE(size, 22);
  }
  local.writeUInt16LE(localName.length, 26);
  const descriptor = Buffer.alloc(file.descriptor ? 16 : 0);
  if (file.descriptor) {
    descriptor.writeUInt32LE(0x08074b50, 0);
    descriptor.writeUInt32LE(crc, 4);
    descriptor.writeUInt32LE(packed.length, 8);
    descriptor.writeUInt32LE(size, 12);
  }
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE((3 << 8) | 20, 4);
  central.writeUInt16LE(20, 6);
  central.writeUInt16LE(flags, 8);
  central.writeUInt16LE(method, 10);
  central.writeUInt32LE(crc, 16);
  central.writeUInt32LE(packed.length, 20);
  central.writeUInt32LE(size, 24);
  central.writeUInt16LE(name.length, 28);
  central.writeUInt32LE(
    ((file.says?.mode ?? (file.name.endsWith('/') ? 0o040755 : 0o100644)) << 16) >>> 0,
    38,
  );
  central.writeUInt32LE(offset, 42);
  return {
    local: Buffer.concat([local, localName, packed, descriptor]),
    central: Buffer.concat([central, name]),
  };
}
