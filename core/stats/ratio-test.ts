import { powerTable, safeExponent } from './e-process.ts';
import { type GridPowers, gridPowers, powersOf } from './grid-powers.ts';
import { type Growth, multiply, ones } from './growth.ts';

/** Test of a ratio of two event rates: constants of one grid and one null ratio, computed once. */
export interface RatioTest {
  readonly nullRatio: number;
  readonly grid: Float64Array;
  readonly prior: Float64Array;
  /** `ln(r_k / R)` */
  readonly logRatios: Float64Array;
  /** `(r_k / R)^n`, for n up to `tableEvents`. */
  readonly powers: Float64Array;
  readonly tableEvents: number;
  /** `(1−w+wR)/(1−w+w·r_k)` of the share `w` that was asked for last: several counts of one tick have the same. */
  readonly misses: GridPowers;
  /** What this test's memory was used for last. */
  readonly last: { share: number; readonly growth: Growth; readonly exponentials: Float64Array };
}

export function ratioTest(nullRatio: number, grid: Float64Array, prior: Float64Array): RatioTest {
  const logRatios = grid.map((r) => Math.log(r / nullRatio));
  const steepest = logRatios.reduce((most, l) => Math.max(most, Math.abs(l)), 1e-9);
  const tableEvents = Math.min(64, Math.floor(safeExponent / steepest));
  const ratios = grid.map((r) => r / nullRatio);
  const powers = powerTable(ratios, tableEvents);
  const misses = gridPowers(grid.length, tableEvents);
  const growth = { hits: powers, from: 0, misses: ones(grid.length) };
  const last = { share: Number.NaN, growth, exponentials: ones(grid.length) };
  return { nullRatio, grid, prior, logRatios, powers, tableEvents, misses, last };
}

/**
 * What one tick multiplies capital with in the ratio test; null: it says nothing. H₀: the canary's event rate is at most (grid above `nullRatio`) or at
 * least (grid below) `nullRatio` times the baseline's. Given that an event happened it fell into the canary with
 * `p(r) = w·r / (1−w+w·r)`, where `w` is the canary's share of requests in this tick; so everything that varies
 * in time for both arms alike cancels, and `w` may differ from tick to tick. Exact at a ratio of 1, for other
 * ratios events must be rare. (Likelihood ratio of a binomial share: Lindon & Malek, arXiv 2011.03567.)
 *
 * `M_k ·= [p(r_k)/p(R)]^e_c · [(1−p(r_k))/(1−p(R))]^e_b`, which is
 * `(r_k/R)^e_c · [(1−w+wR)/(1−w+w·r_k)]^(e_c+e_b)`.
 *
 * `cluster`: events come in clusters of up to that many in one arm; the exponents are divided by it. A power
 * ≤ 1 of a likelihood ratio has an expectation ≤ 1 (Jensen), so the bound holds for every smaller cluster too.
 */
export function ratioGrowth(
  test: RatioTest,
  canaryEvents: number,
  baselineEvents: number,
  share: number,
  cluster = 1,
): Growth | null {
  const events = canaryEvents + baselineEvents;
  if (!(events > 0) || !(share > 0) || !(share < 1)) return null;
  setShare(test, share);
  const { growth, exponentials } = test.last;
  const isInTable = cluster === 1 && events <= test.tableEvents && Number.isInteger(canaryEvents + events);
  if (isInTable) {
    growth.hits = test.powers;
    growth.from = canaryEvents * test.grid.length;
    growth.misses = powersOf(test.misses, events);
    return growth;
  }
  const base = test.misses.squares[0] as Float64Array;
  for (let k = 0; k < base.length; k++) {
    const lnMiss = Math.log(base[k] as number);
    const ln = (canaryEvents * (test.logRatios[k] as number) + events * lnMiss) / cluster;
    exponentials[k] = Math.exp(Math.min(ln, safeExponent));
  }
  growth.hits = exponentials;
  growth.from = 0;
  growth.misses = powersOf(test.misses, 0);
  return growth;
}

/** The same, taken into capital in place. */
export function multiplyRatio(capital: number[], ...tick: Parameters<typeof ratioGrowth>): void {
  const growth = ratioGrowth(...tick);
  if (growth !== null) multiply(capital, growth);
}

function setShare({ grid, nullRatio, misses, last }: RatioTest, share: number): void {
  if (last.share === share) return;
  const rest = 1 - share;
  const top = rest + share * nullRatio;
  const base = misses.squares[0] as Float64Array;
  for (let k = 0; k < base.length; k++) base[k] = top / (rest + share * (grid[k] as number));
  misses.known = 1;
  last.share = share;
}

/**
 * Information that the tick's events carry about ratio 1 against `nullRatio`, in nats: `events·KL(p(1)‖p(R))`.
 * It says whether a healthy canary could have shown itself by now.
 */
export function ratioInformation(nullRatio: number, events: number, share: number): number {
  if (!(events > 0) || !(share > 0) || !(share < 1)) return 0;
  const p0 = (share * nullRatio) / (1 - share + share * nullRatio);
  return events * (share * Math.log(share / p0) + (1 - share) * Math.log((1 - share) / (1 - p0)));
}
