import { ceiling, powerTable, safeExponent, wholePower } from './e-process.ts';

/** Test of a rate against an absolute limit: constants of one grid and one limit. */
export interface RateTest {
  readonly limit: number;
  readonly prior: Float64Array;
  readonly logHit: Float64Array;
  readonly logMiss: Float64Array;
  /** Requests up to which whole powers of `miss` stay in range. */
  readonly safeMisses: number;
  /** `(1−q_k)/(1−q)` */
  readonly miss: Float64Array;
  /** `(q_k/q)^n`, for n up to `tableEvents`. */
  readonly powers: Float64Array;
  readonly tableEvents: number;
}

export function rateTest(limit: number, grid: Float64Array, prior: Float64Array): RateTest {
  const logHit = grid.map((q) => Math.log(q / limit));
  const logMiss = grid.map((q) => Math.log1p(-q) - Math.log1p(-limit));
  const steepest = logHit.reduce((most, l) => Math.max(most, Math.abs(l)), 1e-9);
  const tableEvents = Math.min(64, Math.floor(safeExponent / steepest));
  const powers = powerTable(
    grid.map((q) => q / limit),
    tableEvents,
  );
  const growth = logMiss.reduce((most, l) => Math.max(most, l), 0);
  const safeMisses = growth === 0 ? 0x7fffffff : Math.floor(safeExponent / growth);
  const miss = logMiss.map(Math.exp);
  return { limit, prior, logHit, logMiss, safeMisses, miss, powers, tableEvents };
}

/**
 * One tick of the rate test, in place: `M_k ·= (q_k/q)^e · ((1−q_k)/(1−q))^(n−e)`. H₀: rate ≤ limit with a grid
 * above it, rate ≥ limit with a grid below it. Not robust against bursts that both arms share: for hard limits
 * only. `cluster` as in the ratio test.
 */
export function multiplyRate(
  capital: number[],
  test: RateTest,
  events: number,
  requests: number,
  cluster = 1,
): void {
  const rest = requests - events;
  if (!(requests > 0) || !(rest >= 0)) return;
  const count = capital.length;
  const isWhole = Number.isInteger(events) && Number.isInteger(rest);
  if (cluster === 1 && isWhole && events <= test.tableEvents && rest <= test.safeMisses) {
    const row = events * count;
    for (let k = 0; k < count; k++) {
      const factor = (test.powers[row + k] as number) * wholePower(test.miss[k] as number, rest);
      const grown = (capital[k] as number) * factor;
      capital[k] = grown < ceiling ? grown : ceiling;
    }
    return;
  }
  for (let k = 0; k < count; k++) {
    const ln = (events * (test.logHit[k] as number) + rest * (test.logMiss[k] as number)) / cluster;
    const grown = (capital[k] as number) * Math.exp(Math.min(ln, safeExponent));
    capital[k] = grown < ceiling ? grown : ceiling;
  }
}
