import { capitalHeight, layOut } from './glyphs.ts';
import type { Color, Scene, Shape } from './scene.ts';

/** RGB, 8 bits a channel, row by row. */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** Draws a scene at `scale` pixels a unit. Edges are smoothed by how much of a pixel a shape covers. */
export function rasterize(scene: Scene, scale = 2): Bitmap {
  const width = Math.round(scene.width * scale);
  const height = Math.round(scene.height * scale);
  const canvas = new Canvas(width, height);
  for (const shape of scene.shapes) draw(canvas, shape, scale);
  return { width, height, pixels: canvas.pixels };
}

function draw(canvas: Canvas, shape: Shape, scale: number): void {
  switch (shape.kind) {
    case 'rect':
      canvas.fillRect(
        shape.x * scale,
        shape.y * scale,
        shape.width * scale,
        shape.height * scale,
        shape.fill,
      );
      return;
    case 'dot':
      canvas.fillCapsule(
        [shape.x * scale, shape.y * scale],
        [shape.x * scale, shape.y * scale],
        shape.radius * scale,
        shape.fill,
      );
      return;
    case 'line': {
      const points = shape.points.map(([x, y]): Point => [x * scale, y * scale]);
      const lines = shape.dashed === true ? dashes(points, 5 * scale, 4 * scale) : [points];
      for (const line of lines) canvas.strokeLine(line, (shape.width * scale) / 2, shape.stroke);
      return;
    }
    case 'text':
      drawText(canvas, shape, scale);
  }
}

function drawText(canvas: Canvas, shape: Extract<Shape, { kind: 'text' }>, scale: number): void {
  const unit = (0.7 * shape.size * scale) / capitalHeight;
  const { strokes, width } = layOut(shape.text);
  const share = { start: 0, middle: 0.5, end: 1 }[shape.anchor ?? 'start'];
  const left = shape.x * scale - share * width * unit;
  const top = shape.y * scale;
  for (const { points } of strokes) {
    const line = points.map(([x, y]): Point => [left + x * unit, top + y * unit]);
    canvas.strokeLine(line, Math.max(0.5, 0.055 * shape.size * scale), shape.fill);
  }
}

/** Finer than the eye tells apart, and few enough that a picture keeps to the colours of a palette. */
const coverageSteps = 8;

type Point = readonly [x: number, y: number];

class Canvas {
  readonly pixels: Uint8Array;
  readonly #width: number;
  readonly #height: number;

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
    this.pixels = new Uint8Array(width * height * 3).fill(255);
  }

  fillRect(x: number, y: number, width: number, height: number, fill: Color): void {
    const covered = (pixel: number, from: number, to: number): number =>
      Math.max(0, Math.min(pixel + 1, to) - Math.max(pixel, from));
    const color = numberOf(fill);
    this.#each(x, y, x + width, y + height, (column, row) => {
      this.#blend(column, row, color, covered(column, x, x + width) * covered(row, y, y + height));
    });
  }

  strokeLine(points: readonly Point[], radius: number, stroke: Color): void {
    const [first] = points;
    if (points.length === 1 && first !== undefined) this.fillCapsule(first, first, radius, stroke);
    for (let i = 1; i < points.length; i += 1) {
      const [from, to] = [points[i - 1], points[i]];
      if (from !== undefined && to !== undefined) this.fillCapsule(from, to, radius, stroke);
    }
  }

  /** A line with round ends; from a point to itself it is a disc. */
  fillCapsule(from: Point, to: Point, radius: number, fill: Color): void {
    const [left, right] = [Math.min(from[0], to[0]), Math.max(from[0], to[0])];
    const [top, bottom] = [Math.min(from[1], to[1]), Math.max(from[1], to[1])];
    const reach = radius + 1;
    const color = numberOf(fill);
    this.#each(left - reach, top - reach, right + reach, bottom + reach, (column, row) => {
      const distance = distanceToSegment(column + 0.5, row + 0.5, from, to);
      this.#blend(column, row, color, Math.min(1, Math.max(0, radius + 0.5 - distance)));
    });
  }

  #each(
    left: number,
    top: number,
    right: number,
    bottom: number,
    visit: (column: number, row: number) => void,
  ): void {
    const lastRow = Math.min(this.#height, Math.ceil(bottom));
    const lastColumn = Math.min(this.#width, Math.ceil(right));
    for (let row = Math.max(0, Math.floor(top)); row < lastRow; row += 1) {
      for (let column = Math.max(0, Math.floor(left)); column < lastColumn; column += 1) visit(column, row);
    }
  }

  #blend(column: number, row: number, color: number, share: number): void {
    const covered = Math.round(share * coverageSteps) / coverageSteps;
    if (!(covered > 0)) return;
    const at = (row * this.#width + column) * 3;
    for (let channel = 0; channel < 3; channel += 1) {
      const wanted = (color >> (16 - 8 * channel)) & 0xff;
      const present = this.pixels[at + channel] ?? 255;
      this.pixels[at + channel] = Math.round(present + (wanted - present) * covered);
    }
  }
}

/** `#rrggbb` as one number: read once a shape, for a shape has thousands of pixels. */
function numberOf(color: Color): number {
  return Number.parseInt(color.slice(1), 16);
}

function distanceToSegment(x: number, y: number, from: Point, to: Point): number {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : ((x - from[0]) * dx + (y - from[1]) * dy) / length;
  const clamped = Math.min(1, Math.max(0, along));
  const [offX, offY] = [x - from[0] - clamped * dx, y - from[1] - clamped * dy];
  // Math.hypot guards against overflow that pixels never come near, and takes several times as long.
  return Math.sqrt(offX * offX + offY * offY);
}

function dashes(points: readonly Point[], on: number, off: number): readonly (readonly Point[])[] {
  const lines: Point[][] = [];
  for (let i = 1; i < points.length; i += 1) {
    const [from, to] = [points[i - 1], points[i]];
    if (from === undefined || to === undefined) continue;
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
    const at = (distance: number): Point => [
      from[0] + ((to[0] - from[0]) * distance) / length,
      from[1] + ((to[1] - from[1]) * distance) / length,
    ];
    for (let start = 0; start < length; start += on + off)
      lines.push([at(start), at(Math.min(length, start + on))]);
  }
  return lines;
}
