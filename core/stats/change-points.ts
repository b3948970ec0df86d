import { randomFrom } from './random.ts';

export interface ChangePointSettings {
  /** Chance of a change point where there is none, for each split that is tried. */
  readonly alpha: number;
  /** Fewest values between two change points. */
  readonly minSize: number;
  /** Permutations of one test; alpha must be at least 1 ÷ (permutations + 1). */
  readonly permutations?: number;
  /** The permutations are the same for the same seed. */
  readonly seed?: number;
}

/**
 * E-divisive: where a series changes its distribution, found by splitting again and again at the largest energy
 * distance and testing each split by permutation. No assumption about the distribution; outliers weigh little.
 * Source: Matteson & James, JASA 109 (2014); used for benchmarks by Daly et al., ICPE 2020. Answers with the
 * indices at which a new regime begins, ascending. Deterministic. O(n²) a test: meant for a few hundred values.
 */
export function changePoints(values: readonly number[], settings: ChangePointSettings): readonly number[] {
  const random = randomFrom(settings.seed ?? 1);
  const found: number[] = [];
  const pending: (readonly [number, number])[] = [[0, values.length]];
  for (let segment = pending.pop(); segment !== undefined; segment = pending.pop()) {
    const [from, to] = segment;
    const part = values.slice(from, to);
    const split = bestSplit(part, settings.minSize);
    if (split === null || !isSignificant(part, split.energy, settings, random)) continue;
    found.push(from + split.at);
    pending.push([from, from + split.at], [from + split.at, to]);
  }
  return found.sort((a, b) => a - b);
}

/** The values of each regime, in order. */
export function regimesOf(
  values: readonly number[],
  points: readonly number[],
): readonly (readonly number[])[] {
  const edges = [0, ...points, values.length];
  return edges.slice(1).map((end, index) => values.slice(edges[index], end));
}

/** The split with the largest weighted energy distance between its two sides. */
function bestSplit(
  values: readonly number[],
  minSize: number,
): { readonly at: number; readonly energy: number } | null {
  const n = values.length;
  if (n < 2 * minSize) return null;
  let left = 0;
  let between = 0;
  let right = pairSum(values);
  let best: { at: number; energy: number } | null = null;
  for (let at = 1; at <= n - minSize; at += 1) {
    // values[at − 1] moves from the right side to the left.
    const moved = values[at - 1] ?? 0;
    let toLeft = 0;
    let toRight = 0;
    for (let i = 0; i < at - 1; i += 1) toLeft += Math.abs(moved - (values[i] ?? 0));
    for (let i = at; i < n; i += 1) toRight += Math.abs(moved - (values[i] ?? 0));
    left += toLeft;
    right -= toRight;
    between += toRight - toLeft;
    if (at < minSize) continue;
    const energy = energyDistance(at, n - at, left, right, between);
    if (best === null || energy > best.energy) best = { at, energy };
  }
  return best;
}

/** nm/(n+m) · (2·E|X−Y| − E|X−X′| − E|Y−Y′|), from sums over pairs. */
function energyDistance(n: number, m: number, left: number, right: number, between: number): number {
  const meanLeft = n < 2 ? 0 : left / ((n * (n - 1)) / 2);
  const meanRight = m < 2 ? 0 : right / ((m * (m - 1)) / 2);
  return ((n * m) / (n + m)) * ((2 * between) / (n * m) - meanLeft - meanRight);
}

function pairSum(values: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) {
    for (let j = i + 1; j < values.length; j += 1) sum += Math.abs((values[i] ?? 0) - (values[j] ?? 0));
  }
  return sum;
}

function isSignificant(
  values: readonly number[],
  energy: number,
  settings: ChangePointSettings,
  random: () => number,
): boolean {
  if (!(energy > 0)) return false;
  const permutations = settings.permutations ?? 199;
  const mostAllowed = Math.floor(settings.alpha * (permutations + 1)) - 1;
  let asLarge = 0;
  for (let i = 0; i < permutations; i += 1) {
    const shuffled = shuffle(values, random);
    if ((bestSplit(shuffled, settings.minSize)?.energy ?? 0) >= energy) asLarge += 1;
    if (asLarge > mostAllowed) return false;
  }
  return true;
}

function shuffle(values: readonly number[], random: () => number): number[] {
  const shuffled = [...values];
  for (let i = shuffled.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [shuffled[i], shuffled[j]] = [shuffled[j] ?? 0, shuffled[i] ?? 0];
  }
  return shuffled;
}
