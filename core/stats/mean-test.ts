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
}

export const noValues: MeanTest = { count: 0, mean: 0, squares: 0 };

const fewest = 30;
/** Number of values at which the mixture is tightest. */
const tuned = 100;

/** Takes in one value; what is no finite number is no value. */
export function addValue(test: MeanTest, value: number): MeanTest {
  if (!Number.isFinite(value)) return test;
  const count = test.count + 1;
  const mean = test.mean + (value - test.mean) / count;
  return { count, mean, squares: test.squares + (value - test.mean) * (value - mean) };
}

/**
 * E-value against H₀: mean ≤ 0, one-sided normal mixture:
 * `2·√(ρ/(V+ρ))·exp(S²/(2(V+ρ)))·Φ(S/√(V+ρ))` with `S = Σ d` and `V = n·σ̂²` (Robbins 1970; Howard, Ramdas,
 * McAuliffe & Sekhon, Annals of Statistics 49, 2021; with an estimated variance Waudby-Smith et al.,
 * arXiv 2103.06476). 1 before there are values enough.
 */
export function meanE({ count, mean, squares }: MeanTest): number {
  if (count < fewest || !(squares > 0)) return 1;
  const deviation = Math.sqrt(squares / (count - 1));
  const sum = (count * mean) / deviation;
  const spread = count + tuned;
  const ln = Math.log(2 * Math.sqrt(tuned / spread)) + sum ** 2 / (2 * spread);
  const above = normalCdf(sum / Math.sqrt(spread));
  return Math.min(ceiling, Math.exp(Math.min(ln, 690)) * above);
}
