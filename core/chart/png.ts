import type { Bitmap } from './raster.ts';

/** zlib's `deflateSync`: given, because `core/` compresses nothing itself. */
export type Deflate = (bytes: Uint8Array) => Uint8Array;

/** A bitmap as PNG, 8-bit RGB, without times or texts: the same picture gives the same bytes (W3C PNG, RFC 2083). */
export function encodePng(bitmap: Bitmap, deflate: Deflate): Uint8Array {
  const { width, height, pixels } = bitmap;
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, 2, 0, 0, 0], 8);
  return concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', header),
    chunk('IDAT', deflate(filtered(pixels, width * 3, height))),
    chunk('IEND', new Uint8Array()),
  ]);
}

/** Each row as the difference to the row above (filter 2): plain areas become zeros. */
function filtered(pixels: Uint8Array, stride: number, height: number): Uint8Array {
  const rows = new Uint8Array((stride + 1) * height);
  for (let row = 0; row < height; row += 1) {
    const out = row * (stride + 1);
    rows[out] = 2;
    for (let i = 0; i < stride; i += 1) {
      const above = row === 0 ? 0 : (pixels[(row - 1) * stride + i] ?? 0);
      rows[out + 1 + i] = (pixels[row * stride + i] ?? 0) - above;
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
