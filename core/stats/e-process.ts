/**
 * E-processes: tests that may be looked at after every tick. If H₀ holds, the probability that an e-process
 * ever reaches 1/α is at most α (Ville's inequality), however often one looks and whenever one stops.
 *
 * Each process here is a uniform mixture over a grid of alternatives, kept as one log-likelihood ratio `l_k` a
 * grid point: `E = mean_k exp(l_k)`. All values are natural logarithms; states are plain arrays of numbers, so
 * they survive JSON unchanged.
 */

/** `count` points, log-uniform in (low, high]: alternatives above a limit. */
export function gridAbove(low: number, high: number, count: number): readonly number[] {
  const span = Math.log(high / low);
  return Array.from({ length: count }, (_, k) => low * Math.exp((span * (k + 1)) / count));
}

/** `count` points, log-uniform in [low, high): alternatives below a limit. */
export function gridBelow(low: number, high: number, count: number): readonly number[] {
  const span = Math.log(high / low);
  return Array.from({ length: count }, (_, k) => low * Math.exp((span * k) / count));
}

/** No evidence: E = 1. */
export function freshProcess(grid: readonly number[]): number[] {
  return grid.map(() => 0);
}

/** `ln(mean_k exp(l_k))`, the logarithm of the e-value, computed without overflow. */
export function logE(process: readonly number[]): number {
  let max = Number.NEGATIVE_INFINITY;
  for (const l of process) if (l > max) max = l;
  if (!Number.isFinite(max)) return max;
  let sum = 0;
  // What is e⁻⁴⁰ of the largest term does not change a double.
  for (const l of process) if (l - max > -40) sum += Math.exp(l - max);
  return max + Math.log(sum / process.length);
}

/** Ratio test: constants of one grid and one null ratio, computed once. */
export interface RatioTest {
  readonly nullRatio: number;
  readonly grid: readonly number[];
  readonly logRatios: readonly number[];
}

export function ratioTest(nullRatio: number, grid: readonly number[]): RatioTest {
  return { nullRatio, grid, logRatios: grid.map((r) => Math.log(r / nullRatio)) };
}

/**
 * One tick of the ratio test, in place. H₀: the canary's event rate is at most (grid above `nullRatio`) or at
 * least (grid below) `nullRatio` times the baseline's. Given that an event happened it fell into the canary with
 * `p(r) = w·r / (1−w+w·r)`, where `w` is the canary's share of requests in this tick; so everything that varies
 * in time for both arms alike cancels, and `w` may differ from tick to tick. Exact at a ratio of 1, for other
 * ratios events must be rare. (Likelihood ratio of a binomial share: Lindon & Malek, arXiv 2011.03567; mixture
 * over a grid as in CANARY method B.)
 *
 * `l_k += e_c·ln[p(r_k)/p(R)] + e_b·ln[(1−p(r_k))/(1−p(R))]`, which is
 * `e_c·ln(r_k/R) + (e_c+e_b)·ln[(1−w+wR)/(1−w+w·r_k)]`.
 */
export function addRatioTick(
  process: number[],
  test: RatioTest,
  tick: {
    readonly canaryEvents: number;
    readonly baselineEvents: number;
    readonly share: number;
  },
): void {
  const { canaryEvents, share } = tick;
  const events = canaryEvents + tick.baselineEvents;
  if (events === 0 || share <= 0 || share >= 1) return;
  const rest = 1 - share;
  const base = rest + share * test.nullRatio;
  for (let k = 0; k < process.length; k++) {
    const r = test.grid[k] as number;
    const l = canaryEvents * (test.logRatios[k] as number) + events * Math.log(base / (rest + share * r));
    process[k] = (process[k] as number) + l;
  }
}

/**
 * Information that the tick's events carry about ratio 1 against `nullRatio`, in nats: `events·KL(p(1)‖p(R))`.
 * It says whether a healthy canary could have shown itself by now.
 */
export function ratioInformation(nullRatio: number, events: number, share: number): number {
  if (events === 0 || share <= 0 || share >= 1) return 0;
  const p0 = (share * nullRatio) / (1 - share + share * nullRatio);
  return events * (share * Math.log(share / p0) + (1 - share) * Math.log((1 - share) / (1 - p0)));
}

/** Test of a rate against an absolute limit: constants of one grid and one limit. */
export interface RateTest {
  readonly limit: number;
  readonly logHit: readonly number[];
  readonly logMiss: readonly number[];
}

export function rateTest(limit: number, grid: readonly number[]): RateTest {
  return {
    limit,
    logHit: grid.map((q) => Math.log(q / limit)),
    logMiss: grid.map((q) => Math.log1p(-q) - Math.log1p(-limit)),
  };
}

/**
 * One tick of the rate test, in place: `l_k += e·ln(q_k/q) + (n−e)·ln((1−q_k)/(1−q))`. H₀: rate ≤ limit with a
 * grid above it, rate ≥ limit with a grid below it. Not robust against bursts that both arms share (CANARY
 * method C): for hard limits only.
 */
export function addRateTick(
  process: number[],
  test: RateTest,
  tick: { readonly events: number; readonly requests: number },
): void {
  const { events } = tick;
  const rest = tick.requests - events;
  if (tick.requests <= 0 || rest < 0) return;
  for (let k = 0; k < process.length; k++) {
    const l = events * (test.logHit[k] as number) + rest * (test.logMiss[k] as number);
    process[k] = (process[k] as number) + l;
  }
}

/**
 * Merges e-values of several metrics with weights fixed up front: `ln Σ w_j·E_j`. Valid under any dependence
 * between them (Vovk & Wang 2021). `Σ w_j` must be at most 1.
 */
export function logWeightedSum(terms: readonly { readonly weight: number; readonly logE: number }[]): number {
  const logs = terms.filter((term) => term.weight > 0).map((term) => Math.log(term.weight) + term.logE);
  if (logs.length === 0) return Number.NEGATIVE_INFINITY;
  return logE(logs) + Math.log(logs.length);
}
