import { capitalHeight, layOut } from './glyphs.ts';
import type { Color, Scene, Shape } from './scene.ts';

/** Each pixel as `0xrrggbb`, row by row. */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint32Array;
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
  readonly pixels: Uint32Array;
  readonly #width: number;
  readonly #height: number;

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
    this.pixels = new Uint32Array(width * height).fill(paper);
  }

  fillRect(x: number, y: number, width: number, height: number, fill: Color): void {
    const covered = (pixel: number, from: number, to: number): number =>
      Math.max(0, Math.min(pixel + 1, to) - Math.max(pixel, from));
    const color = numberOf(fill);
    const box = this.#clip(x, y, x + width, y + height);
    for (let row = box.top; row < box.bottom; row += 1) {
      const rowShare = covered(row, y, y + height);
      for (let column = box.left; column < box.right; column += 1)
        this.#blend(column, row, color, covered(column, x, x + width) * rowShare);
    }
  }

  strokeLine(points: readonly Point[], radius: number, stroke: Color): void {
    const [first] = points;
    if (points.length === 1 && first !== undefined) this.fillCapsule(first, first, radius, stroke);
    for (let i = 1; i < points.length; i += 1) {
      const [from, to] = [points[i - 1], points[i]];
      if (from !== undefined && to !== undefined) this.fillCapsule(from, to, radius, stroke);
    }
  }

  /**
   * A line with round ends; from a point to itself it is a disc. A picture has hundreds of thousands of pixels near a
   * line: nothing is called or allocated for one that it does not touch, and a root is taken on its edge alone.
   */
  fillCapsule([x0, y0]: Point, [x1, y1]: Point, radius: number, fill: Color): void {
    const reach = radius + 1;
    const box = this.#clip(
      Math.min(x0, x1) - reach,
      Math.min(y0, y1) - reach,
      Math.max(x0, x1) + reach,
      Math.max(y0, y1) + reach,
    );
    const color = numberOf(fill);
    const [dx, dy] = [x1 - x0, y1 - y0];
    const length = dx * dx + dy * dy;
    const outside = (radius + 0.5) ** 2;
    const inside = Math.max(0, radius - 0.5) ** 2;
    for (let row = box.top; row < box.bottom; row += 1) {
      const y = row + 0.5 - y0;
      for (let column = box.left; column < box.right; column += 1) {
        const x = column + 0.5 - x0;
        const along = length === 0 ? 0 : (x * dx + y * dy) / length;
        const clamped = along < 0 ? 0 : along > 1 ? 1 : along;
        const offX = x - clamped * dx;
        const offY = y - clamped * dy;
        const squared = offX * offX + offY * offY;
        if (squared >= outside) continue;
        this.#blend(column, row, color, squared < inside ? 1 : radius + 0.5 - Math.sqrt(squared));
      }
    }
  }

  /** The pixels of a box that lie in the picture; `right` and `bottom` are not among them. */
  #clip(left: number, top: number, right: number, bottom: number): Box {
    return {
      left: Math.max(0, Math.floor(left)),
      top: Math.max(0, Math.floor(top)),
      right: Math.min(this.#width, Math.ceil(right)),
      bottom: Math.min(this.#height, Math.ceil(bottom)),
    };
  }

  /** @param share how much of the pixel is covered; more than 1 is all of it. */
  #blend(column: number, row: number, color: number, share: number): void {
    const covered = share >= 1 ? 1 : Math.round(share * coverageSteps) / coverageSteps;
    if (!(covered > 0)) return;
    const at = row * this.#width + column;
    this.pixels[at] = covered === 1 ? color : mixed(this.pixels[at] ?? paper, color, covered);
  }
}

const paper = 0xffffff;

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function mixed(present: number, wanted: number, share: number): number {
  const red = between(present >> 16, wanted >> 16, share);
  const green = between((present >> 8) & 0xff, (wanted >> 8) & 0xff, share);
  return (red << 16) | (green << 8) | between(present & 0xff, wanted & 0xff, share);
}

function between(present: number, wanted: number, share: number): number {
  return Math.round(present + (wanted - present) * share);
}

/** `#rrggbb` as one number: read once a shape, for a shape has thousands of pixels. */
function numberOf(color: Color): number {
  return Number.parseInt(color.slice(1), 16);
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
