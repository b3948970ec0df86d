import { describe, expect, it } from 'vitest';
import { addValue, meanE, noValues } from '../../../core/stats/mean-test.ts';
import { normalFrom, randomFrom } from '../../../core/stats/random.ts';

type Draw = (random: () => number) => number;

/** First of 500 values at which E reaches 1/α, or null. */
function alarm(draw: Draw, seed: number, alpha: number): number | null {
  const random = randomFrom(seed);
  let test = noValues;
  for (let n = 1; n <= 500; n++) {
    test = addValue(test, draw(random));
    if (meanE(test) >= 1 / alpha) return n;
  }
  return null;
}

const seeds = Array.from({ length: 1_000 }, (_, seed) => seed);

describe('the sequential test of a mean', () => {
  it.each([
    ['normal', (random) => 7 * normalFrom(random)],
    ['skewed to the left', (random) => 1 + Math.log(1 - random())],
    ['skewed to the right', (random) => -Math.log(1 - random()) - 1],
    ['below what is tolerated', (random) => normalFrom(random) - 0.2],
  ] satisfies [string, Draw][])('is quiet when the mean is not above 0: %s', (_name, draw) => {
    const alarms = seeds.filter((seed) => alarm(draw, seed, 0.05) !== null).length;
    // α = 5 % of 1000; the bound is asymptotic, so some slack is part of the promise.
    expect(alarms).toBeLessThanOrEqual(65);
  });

  it('finds half a standard deviation within a hundred values or a little more', () => {
    const found = seeds.slice(0, 100).map((seed) => alarm((random) => normalFrom(random) + 0.5, seed, 0.001));
    const sorted = found.map((n) => n ?? 999).sort((a, b) => a - b);
    expect(sorted[50]).toBeLessThan(125);
  });

  it.each([0.5, 0.8, 0.95])(
    'is quiet when values follow one another and their mean is 0: ρ = %d',
    (following) => {
      const drifting = (): Draw => {
        let value = 0;
        return (random) => {
          value = following * value + Math.sqrt(1 - following ** 2) * normalFrom(random);
          return value;
        };
      };
      const alarms = seeds.filter((seed) => alarm(drifting(), seed, 0.01) !== null).length;
      expect(alarms).toBeLessThanOrEqual(12);
    },
  );

  it('finds a gauge that is stuck beyond its limit', () => {
    expect(alarm(() => 0.1, 1, 1e-6)).toBe(30);
  });

  it('gives what it gave from records that do not know how values follow one another', () => {
    const { lag: _lag, ...old } = noValues;
    const values = Array.from({ length: 60 }, (_, n) => 0.1 + (n % 7) / 10);
    const sum = values.reduce((test, value) => addValue(test, value), old);
    expect(Math.log(meanE(sum))).toBeCloseTo(42.984, 3);
  });

  it('says nothing from few values, constant ones, or none', () => {
    const all = (values: readonly number[]) => meanE(values.reduce(addValue, noValues));
    expect(all(Array.from({ length: 29 }, (_, i) => 100 + i))).toBe(1);
    expect(all(new Array<number>(100).fill(0))).toBe(1);
    expect(all([Number.NaN, Number.POSITIVE_INFINITY])).toBe(1);
  });
});
