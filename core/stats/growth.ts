import { ceiling } from './e-process.ts';

/**
 * What one tick multiplies the capital of every alternative with: at grid point `k` by `hits[from + k]`, then by
 * `misses[k]`. In parts, so that each can lie in a table. Valid until the test that made it sees the next tick.
 */
export interface Growth {
  hits: Float64Array;
  from: number;
  misses: Float64Array;
}

/** Takes a tick into capital, in place. */
export function multiply(capital: number[], { hits, from, misses }: Growth): void {
  const count = capital.length;
  for (let k = 0; k < count; k++) {
    const grown = (capital[k] as number) * (hits[from + k] as number) * (misses[k] as number);
    capital[k] = Math.min(grown, ceiling);
  }
}

/** `1` at every point. */
export function ones(count: number): Float64Array {
  return new Float64Array(count).fill(1);
}
