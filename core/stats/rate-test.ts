import { powerTable, safeExponent } from './e-process.ts';
import { type GridPowers, gridPowers, powersOf } from './grid-powers.ts';
import { type Growth, multiply, ones } from './growth.ts';

/** Test of a rate against an absolute limit: constants of one grid and one limit. */
export interface RateTest {
  readonly limit: number;
  readonly prior: Float64Array;
  readonly logHit: Float64Array;
  readonly logMiss: Float64Array;
  /** Requests up to which whole powers of `miss` stay in range. */
  readonly safeMisses: number;
  /** Powers of `(1−q_k)/(1−q)`. */
  readonly misses: GridPowers;
  /** `(q_k/q)^n`, for n up to `tableEvents`. */
  readonly powers: Float64Array;
  readonly tableEvents: number;
  readonly growth: Growth;
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
  const steepestMiss = logMiss.reduce((most, l) => Math.max(most, l), 0);
  const safeMisses = steepestMiss === 0 ? 0x7fffffff : Math.floor(safeExponent / steepestMiss);
  const misses = gridPowers(grid.length, 0x7fffffff);
  misses.squares[0]?.set(logMiss.map(Math.exp));
  const growth = { hits: ones(grid.length), from: 0, misses: ones(grid.length) };
  return { limit, prior, logHit, logMiss, safeMisses, misses, powers, tableEvents, growth };
}

/**
 * What one tick multiplies capital with in the rate test; null: it says nothing. `M_k ·= (q_k/q)^e · ((1−q_k)/(1−q))^(n−e)`. H₀: rate ≤ limit with a grid
 * above it, rate ≥ limit with a grid below it. Not robust against bursts that both arms share: for hard limits
 * only. `cluster` as in the ratio test.
 */
export function rateGrowth(test: RateTest, events: number, requests: number, cluster = 1): Growth | null {
  const rest = requests - events;
  if (!(requests > 0) || !(rest >= 0)) return null;
  const { growth, logHit, logMiss } = test;
  const { hits } = growth;
  const isWhole = Number.isInteger(events) && Number.isInteger(rest);
  if (cluster === 1 && isWhole && events <= test.tableEvents && rest <= test.safeMisses) {
    const row = events * hits.length;
    const misses = powersOf(test.misses, rest);
    for (let k = 0; k < hits.length; k++) hits[k] = (test.powers[row + k] as number) * (misses[k] as number);
    return growth;
  }
  for (let k = 0; k < hits.length; k++) {
    const ln = (events * (logHit[k] as number) + rest * (logMiss[k] as number)) / cluster;
    hits[k] = Math.exp(Math.min(ln, safeExponent));
  }
  return growth;
}

/** The same, taken into capital in place. */
export function multiplyRate(capital: number[], ...tick: Parameters<typeof rateGrowth>): void {
  const growth = rateGrowth(...tick);
  if (growth !== null) multiply(capital, growth);
}
