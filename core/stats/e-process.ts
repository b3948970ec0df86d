/**
 * E-processes: tests that may be looked at after every tick. If H₀ holds, the probability that an e-process
 * ever reaches 1/α is at most α (Ville's inequality), however often one looks and whenever one stops.
 *
 * Each process here is a mixture over a grid of alternatives: capital `M_k` at every grid point, `E = Σ_k M_k`.
 * It begins with `Σ M_k = 1` and every tick multiplies `M_k` by the tick's likelihood ratio of alternative `k`
 * against the null. States are plain arrays of finite numbers, so they survive JSON unchanged. Capital is kept
 * at or below `ceiling`: losing some of it can only hide evidence, never invent it.
 */
export const ceiling = 1e300;

/** A factor is computed with exponentials when its parts could leave the range of doubles. */
export const safeExponent = 600;

/** `count` points, log-uniform in (low, high]: alternatives above a limit. */
export function gridAbove(low: number, high: number, count: number): Float64Array {
  const span = Math.log(high / low);
  return Float64Array.from({ length: count }, (_, k) => low * Math.exp((span * (k + 1)) / count));
}

/** `count` points, log-uniform in [low, high): alternatives below a limit. */
export function gridBelow(low: number, high: number, count: number): Float64Array {
  const span = Math.log(high / low);
  return Float64Array.from({ length: count }, (_, k) => low * Math.exp((span * k) / count));
}

/** No evidence: E = 1, spread over the grid by the test's prior. */
export function freshCapital(prior: Float64Array): number[] {
  return Array.from(prior);
}

/** The same weight for every alternative. */
export function uniformPrior(count: number): Float64Array {
  return new Float64Array(count).fill(1 / count);
}

/** Even weights within each zone of the grid: points above the zone before and up to `to`. Weights must sum to 1. */
export function zonedPrior(
  grid: Float64Array,
  zones: readonly { readonly to: number; readonly weight: number }[],
): Float64Array {
  const zoneOf = (point: number): number => {
    const found = zones.findIndex(({ to }) => point <= to);
    return found === -1 ? zones.length - 1 : found;
  };
  const members = grid.map(zoneOf);
  const sizes = zones.map((_, zone) => members.filter((member) => member === zone).length);
  return grid.map((_, k) => {
    const zone = members[k] as number;
    return (zones[zone]?.weight ?? 0) / (sizes[zone] as number);
  });
}

/** `E`, the capital of all alternatives together. */
export function sumOf(capital: readonly number[]): number {
  let sum = 0;
  for (let k = 0; k < capital.length; k++) sum += capital[k] as number;
  return sum;
}

/** `ln E`, finite: what has lost everything shows as −745, the logarithm of the smallest double. */
export function lnE(e: number): number {
  return Math.log(Math.max(e, Number.MIN_VALUE));
}

/**
 * Merges e-values of several metrics with weights fixed up front: `Σ w_j·E_j`. Valid under any dependence
 * between them (Vovk & Wang, Annals of Statistics 49, 2021). `Σ w_j` must be at most 1.
 */
export function mergeE(terms: readonly { readonly weight: number; readonly e: number }[]): number {
  return terms.reduce((sum, { weight, e }) => sum + weight * e, 0);
}

/** `base[k]^n` for n = 0 … `most`, row by row. */
export function powerTable(base: Float64Array, most: number): Float64Array {
  const count = base.length;
  const table = new Float64Array((most + 1) * count).fill(1);
  for (let n = 1; n <= most; n++)
    for (let k = 0; k < count; k++)
      table[n * count + k] = (table[(n - 1) * count + k] as number) * (base[k] as number);
  return table;
}
