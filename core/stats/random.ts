/** Uniform numbers in [0, 1), the same for the same seed: mulberry32. For permutations, never for secrets. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * A Poisson count: inversion by sequential search, exact up to rounding; large means in parts of at most 25
 * (a sum of Poisson counts is one).
 */
export function poissonFrom(mean: number, random: () => number): number {
  let count = 0;
  let left = mean;
  for (; left > 25; left -= 25) count += smallPoisson(25, random);
  return left > 0 ? count + smallPoisson(left, random) : count;
}

function smallPoisson(mean: number, random: () => number): number {
  const u = random();
  let probability = Math.exp(-mean);
  let below = probability;
  let count = 0;
  while (u > below && count < 200) {
    count++;
    probability *= mean / count;
    below += probability;
  }
  return count;
}

/** A normal variate with mean 0 and variance 1 (Box & Muller 1958). */
export function normalFrom(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
