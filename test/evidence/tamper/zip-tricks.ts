import type { ZipParts } from './zip-layout.ts';

/** What two readers of one zip may read differently (APPNOTE 4.3–4.5): each done to the first entry, or to the end. */
export function* zipTricks({ blocks, lines, end }: ZipParts): Generator<readonly [string, Uint8Array]> {
  const [line = new Uint8Array(), ...others] = lines;
  const withLine = (changed: Uint8Array): Uint8Array => joined(blocks, [changed, ...others], [end]);
  yield ['a comment behind the end', joined(blocks, lines, [set16(end, 20, 5), text('later')])];
  yield ['a comment that is an end record', joined(blocks, lines, [set16(end, 20, end.length), end])];
  yield ['a comment of an entry', withLine(join(set16(line, 32, 4), text('note')))];
  yield [
    'a name twice in the directory',
    joined(blocks, [line, line, ...others], [counted(end, lines.length + 1)]),
  ];
  yield ['a name twice, and the count as before', joined(blocks, [line, line, ...others], [end])];
  yield ['one entry fewer than there are', joined(blocks, lines, [counted(end, lines.length - 1)])];
  yield ['a symbolic link', withLine(set32(line, 38, 0o120777 * 65_536))];
  yield ['a size that is told behind the content', withLine(set16(line, 8, 0x0808))];
  yield ['an encrypted entry', withLine(set16(line, 8, 0x0801))];
  yield ['a compressed entry that is none', withLine(set16(line, 10, 8))];
  yield ['a size that only zip64 tells, and it is not there', withLine(set32(line, 24, 0xffffffff))];
  yield [
    'a size that zip64 tells otherwise',
    withLine(join(set16(set32(line, 24, 0xffffffff), 30, 12), zip64(7))),
  ];
  yield ['zip64 numbers that nobody asked for', withLine(join(set16(line, 30, 12), zip64(7)))];
  yield ['an entry on another disk', withLine(set16(line, 34, 1))];
  yield ['an entry that begins in another one', withLine(set32(line, 42, 1))];
  yield ['a directory that begins elsewhere', joined(blocks, lines, [set32(end, 16, 0)])];
}

function zip64(size: number): Uint8Array {
  const extra = new DataView(new ArrayBuffer(12));
  extra.setUint16(0, 1, true);
  extra.setUint16(2, 8, true);
  extra.setUint32(4, size, true);
  return new Uint8Array(extra.buffer);
}

function counted(end: Uint8Array, count: number): Uint8Array {
  return set16(set16(end, 8, count), 10, count);
}

function set16(bytes: Uint8Array, at: number, value: number): Uint8Array {
  return bytes.with(at, value & 0xff).with(at + 1, (value >>> 8) & 0xff);
}

function set32(bytes: Uint8Array, at: number, value: number): Uint8Array {
  return set16(set16(bytes, at, value & 0xffff), at + 2, Math.floor(value / 65_536));
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function joined(...parts: readonly (readonly Uint8Array[])[]): Uint8Array {
  return join(...parts.flat());
}
