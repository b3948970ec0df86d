import { BuiltinError } from './builtin.ts';

/** One piece of a simple pattern: characters, how often. */
interface Piece {
  readonly accepts: CharacterSet;
  readonly least: 0 | 1;
  readonly repeats: boolean;
}

/** Any character, or the ranges given. */
type CharacterSet = 'any' | readonly (readonly [number, number])[];

/** True when some text that is not empty matches both patterns: characters, `.`, `[a-z]`, each with `*`, `+`. */
export function globsIntersect(left: string, right: string): boolean {
  const a = parse(left);
  const b = parse(right);
  const seen = new Set<string>();
  // Breadth first over pairs of positions; `moved` tells whether a character was read.
  const queue: [number, number, boolean][] = [[0, 0, false]];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [i, j, moved] = next;
    const key = `${i} ${j} ${moved}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (i === a.length && j === b.length && moved) return true;
    const x = a[i];
    const y = b[j];
    if (x?.least === 0) queue.push([i + 1, j, moved]);
    if (y?.least === 0) queue.push([i, j + 1, moved]);
    if (x === undefined || y === undefined || !overlap(x.accepts, y.accepts)) continue;
    for (const nextI of x.repeats ? [i, i + 1] : [i + 1]) {
      for (const nextJ of y.repeats ? [j, j + 1] : [j + 1]) queue.push([nextI, nextJ, true]);
    }
  }
  return false;
}

function overlap(a: CharacterSet, b: CharacterSet): boolean {
  if (a === 'any' || b === 'any') return true;
  return a.some(([low, high]) => b.some(([from, to]) => low <= to && from <= high));
}

function parse(pattern: string): Piece[] {
  const points = Array.from(pattern);
  const pieces: Piece[] = [];
  for (let i = 0; i < points.length; i += 1) {
    const { set, next } = readSet(points, i);
    i = next;
    const flag = points[i + 1];
    if (flag === '*' || flag === '+') {
      pieces.push({ accepts: set, least: flag === '*' ? 0 : 1, repeats: true });
      i += 1;
    } else {
      pieces.push({ accepts: set, least: 1, repeats: false });
    }
  }
  return pieces;
}

function readSet(points: readonly string[], at: number): { set: CharacterSet; next: number } {
  const point = points[at] as string;
  if (point === ']') {
    const problem = "set-close ']' with no preceding '['";
    throw new BuiltinError(
      `input:${points.join('')}, pos:${at + 1}, ${problem}: the input provided is invalid`,
    );
  }
  if (point === '.') return { set: 'any', next: at };
  if (point === '*' || point === '+') throw new BuiltinError('flag without a preceding token');
  if (point === '\\') return { set: single(points[at + 1] ?? '\\'), next: at + 1 };
  if (point !== '[') return { set: single(point), next: at };
  const ranges: [number, number][] = [];
  let i = at + 1;
  for (; i < points.length && points[i] !== ']'; i += 1) {
    if (points[i] === '\\') i += 1;
    const low = code(points[i]);
    if (points[i + 1] === '-' && points[i + 2] !== ']' && points[i + 2] !== undefined) {
      ranges.push([low, code(points[i + 2])]);
      i += 2;
    } else {
      ranges.push([low, low]);
    }
  }
  if (points[i] !== ']') throw new BuiltinError('unclosed character class');
  return { set: ranges, next: i };
}

const code = (point: string | undefined): number => point?.codePointAt(0) ?? 0;
const single = (point: string): CharacterSet => [[code(point), code(point)]];
