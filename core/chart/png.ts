import type { Bitmap } from './raster.ts';

/** zlib's `deflateSync`: given, because `core/` compresses nothing itself. */
export type Deflate = (bytes: Uint8Array) => Uint8Array;

/** A bitmap as PNG, without times or texts: the same picture gives the same bytes (W3C PNG, RFC 2083). */
export function encodePng(bitmap: Bitmap, deflate: Deflate): Uint8Array {
  const indexed = indexColors(bitmap);
  const { width, height, pixels } = bitmap;
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, indexed === null ? rgb : palette, 0, 0, 0], 8);
  const rows = indexed?.rows ?? filtered(pixels, width, height);
  return concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', header),
    ...(indexed === null ? [] : [chunk('PLTE', Uint8Array.from(indexed.palette))]),
    chunk('IDAT', deflate(rows)),
    chunk('IEND', new Uint8Array()),
  ]);
}

/** Colour types of the header. */
const rgb = 2;
const palette = 3;

interface Indexed {
  /** Red, green and blue of each colour, in the order in which they appear. */
  readonly palette: readonly number[];
  /** A byte a pixel, each row after its filter 0. */
  readonly rows: Uint8Array;
}

/** A picture of at most 256 colours, as most charts are: a third of the bytes to compress. Null when it has more. */
function indexColors({ width, height, pixels }: Bitmap): Indexed | null {
  const rows = new Uint8Array((width + 1) * height);
  const known = new Map<number, number>();
  for (let row = 0; row < height; row += 1) {
    const rowEnd = (row + 1) * width;
    // Most of a chart is plain: each run of one colour is looked up and written once. `row + 1` bytes are filters.
    for (let at = row * width, end = at; at < rowEnd; at = end) {
      const color = pixels[at] ?? 0;
      while (end < rowEnd && pixels[end] === color) end += 1;
      const index = known.get(color) ?? known.size;
      if (index > 255) return null;
      if (index === known.size) known.set(color, index);
      rows.fill(index, at + row + 1, end + row + 1);
    }
  }
  return {
    palette: [...known.keys()].flatMap(channels),
    rows,
  };
}

/** Red, green and blue. */
function channels(color: number): [number, number, number] {
  return [color >> 16, (color >> 8) & 0xff, color & 0xff];
}

/** Each row as the difference to the row above (filter 2): plain areas become zeros. */
function filtered(pixels: Uint32Array, width: number, height: number): Uint8Array {
  const rows = new Uint8Array((width * 3 + 1) * height);
  for (let row = 0, at = 0, out = 0; row < height; row += 1) {
    rows[out++] = 2;
    for (let column = 0; column < width; column += 1, at += 1) {
      const color = pixels[at] ?? 0;
      const above = row === 0 ? 0 : (pixels[at - width] ?? 0);
      rows[out++] = (color >> 16) - (above >> 16);
      rows[out++] = (color >> 8) - (above >> 8);
      rows[out++] = color - above;
    }
  }
  return rows;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

const table = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (table[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
