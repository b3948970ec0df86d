import { describe, expect, it } from 'vitest';
import { learnCluster } from '../../../core/stats/cluster-history.ts';
import { poisson, seeded } from '../canary/simulate.ts';

/** Half an hour of ten-second intervals with about 900 requests and `mean` errors each. */
function learned(
  {
    mean = 4.5,
    size = () => 1,
    level = () => 1,
  }: {
    mean?: number;
    size?: (random: () => number) => number;
    level?: (interval: number) => number;
  },
  seed: number,
): number | null {
  const random = seeded(seed);
  return learnCluster(
    Array.from({ length: 180 }, (_, n) => {
      let events = 0;
      for (let causes = poisson(mean * level(n), random); causes > 0; causes--) events += size(random);
      return { requests: 850 + Math.floor(100 * random()), events };
    }),
  );
}

const seeds = Array.from({ length: 200 }, (_, seed) => seed + 1);
const oneToFive = (random: () => number): number => 1 + Math.floor(5 * random());

describe('clusters that the baseline showed before the canary began', () => {
  it.each([
    ['independent errors', {}],
    ['few errors', { mean: 0.2 }],
    ['many errors', { mean: 60 }],
    ['a rate that rises and falls', { level: (n: number) => 1 + 0.8 * Math.sin(n / 28) }],
    ['an outage in the middle', { level: (n: number) => (n > 80 && n < 101 ? 20 : 1) }],
  ])('are not seen in %s', (_name, world) => {
    expect(seeds.filter((seed) => (learned(world, seed) ?? 1) > 1)).toEqual([]);
  });

  it.each([
    ['independent errors', {}, 0.97],
    ['few errors', { mean: 0.2 }, 0.9],
    ['many errors', { mean: 60 }, 0.95],
    ['a rate that rises and falls', { level: (n: number) => 1 + 0.8 * Math.sin(n / 28) }, 0.9],
    ['shared bursts', { level: (n: number) => (n % 20 < 2 ? 10 : 1) }, 0.8],
  ])('are shown not to be there in %s', (_name, world, share) => {
    expect(seeds.filter((seed) => learned(world, seed) === 1).length / seeds.length).toBeGreaterThan(share);
  });

  it.each([
    ['clusters of one to five', { size: oneToFive, mean: 1.5 }, 4, 7],
    ['every error four times', { size: () => 4, mean: 3 }, 4, 8],
    ['clusters of ten', { size: () => 10, mean: 2 }, 10, 20],
  ])('are seen in %s, with their size', (_name, world, low, high) => {
    const found = seeds.map((seed) => learned(world, seed));
    const sizes = found.filter((size) => size !== null).sort((a, b) => a - b);
    expect(sizes.length).toBeGreaterThan(190);
    expect(sizes[0]).toBeGreaterThan(1);
    expect(sizes[100]).toBeGreaterThan(low);
    expect(sizes[100]).toBeLessThanOrEqual(high);
  });

  it('are not taken to be absent where errors are few: nobody can tell then', () => {
    const world = { size: oneToFive, mean: 0.02 };
    // A dozen errors in half an hour may happen to come one by one.
    expect(seeds.filter((seed) => learned(world, seed) === 1).length).toBeLessThanOrEqual(6);
  });

  it.each([
    ['nothing', []],
    ['one interval', [{ requests: 10, events: 5 }]],
    [
      'no requests',
      [
        { requests: 0, events: 0 },
        { requests: 0, events: 0 },
      ],
    ],
    [
      'numbers that are none',
      [
        { requests: Number.NaN, events: 3 },
        { requests: 5, events: Number.NaN },
      ],
    ],
  ])('cannot be told from %s', (_name, history) => {
    expect(learnCluster(history)).toBeNull();
  });
});
