import { ceiling, powerTable, safeExponent, wholePower } from './e-process.ts';

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
  /** `(1−w+wR)/(1−w+w·r_k)` of the last share `w`: several counts of one tick have the same. */
  readonly misses: { share: number; readonly factors: Float64Array };
}

export function ratioTest(nullRatio: number, grid: Float64Array, prior: Float64Array): RatioTest {
  const logRatios = grid.map((r) => Math.log(r / nullRatio));
  const steepest = logRatios.reduce((most, l) => Math.max(most, Math.abs(l)), 1e-9);
  const tableEvents = Math.min(64, Math.floor(safeExponent / steepest));
  const ratios = grid.map((r) => r / nullRatio);
  const misses = { share: Number.NaN, factors: new Float64Array(grid.length) };
  return { nullRatio, grid, prior, logRatios, powers: powerTable(ratios, tableEvents), tableEvents, misses };
}

/**
 * One tick of the ratio test, in place. H₀: the canary's event rate is at most (grid above `nullRatio`) or at
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
export function multiplyRatio(
  capital: number[],
  test: RatioTest,
  canaryEvents: number,
  baselineEvents: number,
  share: number,
  cluster = 1,
): void {
  const events = canaryEvents + baselineEvents;
  if (!(events > 0) || !(share > 0) || !(share < 1)) return;
  const misses = missesOf(test, share);
  const count = capital.length;
  if (cluster === 1 && events <= test.tableEvents && Number.isInteger(canaryEvents + events)) {
    const row = canaryEvents * count;
    for (let k = 0; k < count; k++) {
      const miss = wholePower(misses[k] as number, events);
      const grown = (capital[k] as number) * (test.powers[row + k] as number) * miss;
      capital[k] = grown < ceiling ? grown : ceiling;
    }
    return;
  }
  for (let k = 0; k < count; k++) {
    const lnMiss = Math.log(misses[k] as number);
    const ln = (canaryEvents * (test.logRatios[k] as number) + events * lnMiss) / cluster;
    const grown = (capital[k] as number) * Math.exp(Math.min(ln, safeExponent));
    capital[k] = grown < ceiling ? grown : ceiling;
  }
}

function missesOf({ grid, nullRatio, misses }: RatioTest, share: number): Float64Array {
  const { factors } = misses;
  if (misses.share === share) return factors;
  const rest = 1 - share;
  const base = rest + share * nullRatio;
  for (let k = 0; k < factors.length; k++) factors[k] = base / (rest + share * (grid[k] as number));
  misses.share = share;
  return factors;
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
