import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { linearScale, linearTicks, logScale } from '../../../core/chart/axis.ts';
import { layOut } from '../../../core/chart/glyphs.ts';
import { encodePng } from '../../../core/chart/png.ts';
import { rasterize } from '../../../core/chart/raster.ts';
import { colors, type Scene, type Shape } from '../../../core/chart/scene.ts';
import { renderSvg } from '../../../core/chart/svg.ts';
import fc from '../../support/fast-check.ts';

const scene = (...shapes: readonly Shape[]): Scene => ({ width: 10, height: 6, title: 'a & b', shapes });
const pixel = (picture: ReturnType<typeof rasterize>, x: number, y: number) =>
  channels(picture.pixels[y * picture.width + x] ?? 0);
const channels = (color: number) => [color >> 16, (color >> 8) & 0xff, color & 0xff];
const bytesOf = (pixels: Uint32Array) => Buffer.from([...pixels].flatMap(channels));

describe('a picture', () => {
  it('fills what it says, and mixes what it half covers', () => {
    const picture = rasterize(scene({ kind: 'rect', x: 2, y: 1, width: 3.5, height: 2, fill: '#000000' }), 1);
    expect(pixel(picture, 2, 1)).toEqual([0, 0, 0]);
    expect(pixel(picture, 5, 1)).toEqual([128, 128, 128]);
    expect(pixel(picture, 6, 1)).toEqual([255, 255, 255]);
    expect(pixel(picture, 2, 3)).toEqual([255, 255, 255]);
  });

  it('may lie partly or wholly outside', () => {
    const far: Shape[] = [
      {
        kind: 'line',
        points: [
          [-50, 2],
          [50, 2],
        ],
        stroke: '#ff0000',
        width: 1,
      },
      { kind: 'dot', x: 900, y: -900, radius: 3, fill: '#00ff00' },
      { kind: 'text', x: 9, y: 5, text: 'outside', size: 10, fill: colors.ink },
      { kind: 'line', points: [[1, 1]], stroke: '#ff0000', width: 1, dashed: true },
      {
        kind: 'line',
        points: [
          [1, 1],
          [1, 1],
        ],
        stroke: '#ff0000',
        width: 1,
        dashed: true,
      },
    ];
    expect(pixel(rasterize(scene(...far), 1), 0, 2)[0]).toBe(255);
  });

  it('is a PNG of the colours it uses, when they are few', () => {
    const picture = rasterize(scene({ kind: 'dot', x: 5, y: 3, radius: 2, fill: '#123456' }), 2);
    const chunks = chunksOf(encodePng(picture, deflateSync));
    expect([...chunks.keys()]).toEqual(['IHDR', 'PLTE', 'IDAT', 'IEND']);
    expect(chunks.get('IHDR')?.readUInt32BE(0)).toBe(20);
    expect(chunks.get('IHDR')?.[9]).toBe(3);
    const colorsUsed = chunks.get('PLTE') ?? Buffer.alloc(0);
    const rows = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0));
    const pixels = [...rows].flatMap((index, at) =>
      at % 21 === 0 ? [] : [...colorsUsed.subarray(3 * index, 3 * index + 3)],
    );
    expect(Buffer.from(pixels)).toEqual(bytesOf(picture.pixels));
  });

  it('is a PNG of whole colours when there are more than 256', () => {
    const pixels = Uint32Array.from({ length: 20 * 20 }, (_, at) => Math.imul(at, 2_654_435_761) >>> 8);
    const chunks = chunksOf(encodePng({ width: 20, height: 20, pixels }, deflateSync));
    expect([...chunks.keys()]).toEqual(['IHDR', 'IDAT', 'IEND']);
    expect(chunks.get('IHDR')?.[9]).toBe(2);
    const rows = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0));
    expect(unfilter(rows, 20 * 3)).toEqual(bytesOf(pixels));
  });

  it('is SVG that says what it shows and cannot be broken out of', () => {
    const svg = renderSvg(
      scene({ kind: 'text', x: 1, y: 1, text: '</text><script>"x"&\u0007', size: 9, fill: colors.ink }),
    );
    expect(svg).toContain('<title>a &amp; b</title>');
    expect(svg).toContain('&lt;/text&gt;&lt;script&gt;&quot;x&quot;&amp; </text>');
    expect(svg).not.toContain('<script');
  });

  it('has a stroke for every character it uses, and a box for any other', () => {
    const box = JSON.stringify(layOut('\u4e2d').strokes);
    for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:-_+×/%()<>=≥≤#!?*·→') {
      const { strokes } = layOut(character);
      expect(JSON.stringify(strokes)).not.toBe(box);
      expect(strokes.every(({ points }) => points.length >= 2)).toBe(true);
    }
    expect(layOut('a').width).toBeLessThan(layOut('A').width + 0.01);
    expect(layOut('').width).toBe(0);
  });
});

function chunksOf(encoded: Uint8Array): Map<string, Buffer> {
  const png = Buffer.from(encoded);
  expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    expect(png.readUInt32BE(at + 8 + length)).toBe(crc32(png.subarray(at + 4, at + 8 + length)));
    chunks.set(png.toString('latin1', at + 4, at + 8), png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return chunks;
}

/** PNG filter 2: each byte is the difference to the one above. */
function unfilter(rows: Buffer, stride: number): Buffer {
  const pixels = Buffer.alloc((rows.length / (stride + 1)) * stride);
  for (let row = 0; row * (stride + 1) < rows.length; row += 1) {
    expect(rows[row * (stride + 1)]).toBe(2);
    for (let i = 0; i < stride; i += 1) {
      const above = row === 0 ? 0 : (pixels[(row - 1) * stride + i] ?? 0);
      pixels[row * stride + i] = ((rows[row * (stride + 1) + 1 + i] ?? 0) + above) & 0xff;
    }
  }
  return pixels;
}

describe('an axis', () => {
  it('has round ticks inside its ends', () => {
    expect(linearTicks(0, 10, 5)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(linearTicks(93, 157, 3)).toEqual([100, 125, 150]);
    expect(linearTicks(0.1, 0.5, 4)).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
    expect(linearTicks(194561.0645881, 194561.0645891, 4)).toEqual([
      194561.06458825, 194561.0645885, 194561.06458875, 194561.064589,
    ]);
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
        (low, span) => {
          const ticks = linearTicks(low, low + span, 4);
          expect(ticks.length).toBeLessThan(12);
          expect(new Set(ticks).size).toBe(ticks.length);
          expect(ticks.filter((tick) => tick < low || tick > low + span)).toEqual([]);
        },
      ),
    );
  });

  it('keeps values inside', () => {
    const y = linearScale(0, 10, 100, 0);
    expect([y(-5), y(0), y(5), y(50)]).toEqual([100, 100, 50, 0]);
    const log = logScale(0.01, 100, 100, 0);
    expect([log(0), log(0.01), log(1), log(1e9)]).toEqual([100, 100, 50, 0]);
  });
});
