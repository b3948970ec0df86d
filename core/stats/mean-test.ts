import { ceiling } from './e-process.ts';
import { normalCdf } from './special.ts';

/**
 * A sequential test of means (saturation, durations, a business figure): is the mean of `d`, the canary's value
 * minus the baseline's minus what is tolerated, above 0?
 *
 * **Asymptotic.** Unlike the tests on counts its bound holds only in the limit: the variance is estimated, and a
 * few values of a skewed figure can mislead it. Therefore it says nothing before `fewest` values, and where a
 * figure can be told as a count (requests slower than a bound, say) the count is the better evidence.
 */
export interface MeanTest {
  readonly count: number;
  readonly mean: number;
  /** Σ (d − mean)², by Welford's recurrence. */
  readonly squares: number;
  /** How each value follows from the one before it; absent in records of before: they count as independent. */
  readonly lag?: Lag;
}

interface Lag {
  /** Σ d_t·d_(t−1) */
  readonly products: number;
  readonly first: number;
  readonly last: number;
}

export const noValues: MeanTest = { count: 0, mean: 0, squares: 0, lag: { products: 0, first: 0, last: 0 } };

const fewest = 30;
/** Number of values at which the mixture is tightest. */
const tuned = 100;

/** Takes in one value; what is no finite number is no value. */
export function addValue(test: MeanTest, value: number): MeanTest {
  if (!Number.isFinite(value)) return test;
  const count = test.count + 1;
  const mean = test.mean + (value - test.mean) / count;
  const squares = test.squares + (value - test.mean) * (value - mean);
  const { lag } = test;
  if (lag === undefined) return { count, mean, squares };
  const first = count === 1 ? value : lag.first;
  return { count, mean, squares, lag: { products: lag.products + lag.last * value, first, last: value } };
}

const strongestFollowing = 0.98;
/** Values that do not follow from one another to which all of them must amount. */
const fewestOfTheirOwn = 15;

/**
 * Variance of one value, as the mean of many feels it; 0: not known yet. Values that follow one another (a gauge hardly
 * changes in ten seconds) count for fewer: times `(1+ρ)/(1−ρ)` for an autocorrelation ρ that fades geometrically. ρ is
 * estimated from neighbours, corrected for its bias (Marriott & Pope, Biometrika 41, 1954) and raised by one standard
 * error. One value of 0 is added, which only lowers the evidence and lets a gauge that is stuck beyond its limit speak.
 */
function varianceOf({ count, mean, squares, lag }: MeanTest): number {
  if (lag === undefined) return squares / (count - 1);
  const { products, first, last } = lag;
  const spread = squares + (mean ** 2 * count) / (count + 1);
  if (!(spread > 0)) return 0;
  const covariance = products - mean * (2 * count * mean - first - last) + (count - 1) * mean ** 2;
  const seen = Math.min(1, Math.max(0, covariance / spread));
  const error = Math.sqrt((1 - seen ** 2) / count);
  const following = Math.min(strongestFollowing, seen + (1 + 3 * seen) / count + error);
  const inflation = (1 + following) / (1 - following);
  return count / inflation < fewestOfTheirOwn ? 0 : (spread / count) * inflation;
}

/**
 * E-value against H₀: mean ≤ 0, one-sided normal mixture:
 * `2·√(ρ/(V+ρ))·exp(S²/(2(V+ρ)))·Φ(S/√(V+ρ))` with `S = Σ d` and `V = n·σ̂²` (Robbins 1970; Howard, Ramdas,
 * McAuliffe & Sekhon, Annals of Statistics 49, 2021; with an estimated variance Waudby-Smith et al.,
 * arXiv 2103.06476). 1 before there are values enough.
 */
export function meanE(test: MeanTest): number {
  const { count, mean } = test;
  const variance = count < fewest ? 0 : varianceOf(test);
  if (!(variance > 0)) return 1;
  const sum = (count * mean) / Math.sqrt(variance);
  const spread = count + tuned;
  const ln = Math.log(2 * Math.sqrt(tuned / spread)) + sum ** 2 / (2 * spread);
  const above = normalCdf(sum / Math.sqrt(spread));
  return Math.min(ceiling, Math.exp(Math.min(ln, 690)) * above);
}
