import { describe, expect, it } from 'vitest';
import { changePoints, regimesOf } from '../../../core/stats/change-points.ts';
import { randomFrom } from '../../../core/stats/random.ts';
import { fitTrend, forecast } from '../../../core/stats/trend.ts';
import fc from '../../support/fast-check.ts';

const settings = { alpha: 0.01, minSize: 4 };

/** Normal noise, the same for the same seed. */
function noise(seed: number): () => number {
  const random = randomFrom(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

const series = (
  seed: number,
  ...regimes: readonly [count: number, level: number, spread: number][]
): number[] => {
  const next = noise(seed);
  return regimes.flatMap(([count, level, spread]) =>
    Array.from({ length: count }, () => level + spread * next()),
  );
};

describe('change points', () => {
  it.each([1, 2, 3, 4, 5])('are found where the level steps up (seed %d)', (seed) => {
    const [found, ...more] = changePoints(series(seed, [30, 100, 2], [20, 110, 2]), settings);
    expect(more).toEqual([]);
    expect(Math.abs((found ?? 0) - 30)).toBeLessThanOrEqual(1);
  });

  it('are found one after the other', () => {
    expect(changePoints(series(7, [20, 100, 1], [20, 120, 1], [20, 90, 1]), settings)).toEqual([20, 40]);
  });

  it('are found where only the spread changes', () => {
    const [found] = changePoints(series(3, [60, 100, 1], [60, 100, 12]), settings);
    expect(Math.abs((found ?? 0) - 60)).toBeLessThanOrEqual(8);
  });

  it('are not made by one outlier', () => {
    const values = series(9, [40, 100, 1]);
    values[20] = 1_000;
    expect(changePoints(values, settings)).toEqual([]);
  });

  it('appear in noise about as seldom as alpha says', () => {
    let alarms = 0;
    for (let seed = 0; seed < 200; seed += 1) {
      if (changePoints(series(seed + 1_000, [30, 100, 5]), { ...settings, alpha: 0.05 }).length > 0)
        alarms += 1;
    }
    // 200 trials at 5 %: more than 20 would happen once in five hundred.
    expect(alarms).toBeLessThanOrEqual(20);
    expect(alarms).toBeGreaterThan(0);
  });

  it('are the same every time, inside the series and far enough apart', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 40 }), (values) => {
        const found = changePoints(values, settings);
        expect(changePoints(values, settings)).toEqual(found);
        expect(regimesOf(values, found).flat()).toEqual(values);
        if (found.length > 0)
          for (const regime of regimesOf(values, found)) expect(regime.length).toBeGreaterThanOrEqual(4);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a trend', () => {
  it('continues a line', () => {
    const trend = fitTrend([0, 1, 2, 3, 4].map((x) => ({ x, y: 10 + 2 * x })));
    expect(trend?.slope).toBeCloseTo(2, 12);
    expect(trend && forecast(trend, 10, 0.95)).toEqual({
      expected: expect.closeTo(30, 9),
      low: expect.closeTo(30, 6),
      high: expect.closeTo(30, 6),
    });
  });

  it('forecasts as wide as a textbook does', () => {
    // x 1…5, y 2 4 5 4 5 at x = 6: ŷ = 5.8, s = 0.8944, t(0.975, 3) = 3.1824, half = 4.125
    const trend = fitTrend([2, 4, 5, 4, 5].map((y, i) => ({ x: i + 1, y })));
    const found = trend && forecast(trend, 6, 0.95);
    expect(found?.expected).toBeCloseTo(5.8, 9);
    expect((found?.high ?? 0) - 5.8).toBeCloseTo(3.182446 * 0.8944272 * Math.sqrt(1 + 0.2 + 0.9), 4);
  });

  it('is not made of two points', () => {
    expect(
      fitTrend([
        { x: 0, y: 1 },
        { x: 1, y: 2 },
      ]),
    ).toBeNull();
    expect(fitTrend([1, 2, 3].map((y) => ({ x: 5, y })))).toBeNull();
  });
});
