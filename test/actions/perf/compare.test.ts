import { describe, expect, it } from 'vitest';
import { compareMetric } from '../../../actions/perf/compare.ts';
import { daysUntil, forecastPeak } from '../../../actions/perf/forecast.ts';
import type { Metric } from '../../../actions/perf/model.ts';
import { randomFrom } from '../../../core/stats/random.ts';

const metric = (
  value: number,
  better: 'lower' | 'higher' = 'lower',
  samples?: readonly number[],
): Metric => ({
  value,
  unit: 'ms',
  better,
  ...(samples === undefined ? {} : { samples }),
});
const settings = { tolerance: 0.05, alpha: 0.05, power: 0.8, minRuns: 5 };

/** Log-normal noise, the same for the same seed. */
function noisy(seed: number, level: number, spread: number) {
  const random = randomFrom(seed);
  return () =>
    level * Math.exp(spread * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
}

/** Share of trials with a state, over seeded histories of ten runs and one run that is `factor` as slow. */
function share(state: string, factor: number, spread: number, trials = 2_000): number {
  const next = noisy(42, 100, spread);
  let hits = 0;
  for (let i = 0; i < trials; i += 1) {
    const past = Array.from({ length: 10 }, () => metric(next()));
    if (compareMetric('m', metric(next() * factor), past, { ...settings, tolerance: 0 })?.state === state)
      hits += 1;
  }
  return hits / trials;
}

describe('comparing a metric with past runs', () => {
  it('raises false alarms as seldom as it says', () => {
    expect(share('regressed', 1, 0.05)).toBeLessThan(0.065);
    expect(share('regressed', 1, 0.3)).toBeLessThan(0.065);
  });

  it.each([
    ['noise larger than the tolerance', 0.05, 0.05, 'lower'],
    ['less throughput, noise larger than the tolerance', 0.05, 0.05, 'higher'],
    ['a tolerance larger than the noise', 0.01, 0.1, 'lower'],
    ['less throughput, a tolerance larger than the noise', 0.01, 0.1, 'higher'],
    ['no tolerance', 0.03, 0, 'lower'],
  ] as const)(
    'calls the smallest detectable regression one as often as it says: %s',
    (_what, spread, tolerance, better) => {
      const next = noisy(7, 100, spread);
      let [hits, unchanged] = [0, 0];
      for (let i = 0; i < 2_000; i += 1) {
        const past = Array.from({ length: 10 }, () => metric(next(), better));
        const judge = (value: number) =>
          compareMetric('m', metric(value, better), past, { ...settings, tolerance });
        const value = next();
        const found = judge(value);
        if (found?.state === 'regressed') unchanged += 1;
        const worse = found?.detectable ?? 0;
        if (judge(value * (better === 'lower' ? 1 + worse : 1 - worse))?.state === 'regressed') hits += 1;
      }
      // The noise is estimated from ten runs: allow for it.
      expect(hits / 2_000).toBeGreaterThan(0.76);
      expect(hits / 2_000).toBeLessThan(0.9);
      expect(unchanged / 2_000).toBeLessThan(0.065);
    },
  );

  it.each([
    ['slower by 20 %', metric(120), 'regressed', 0.2],
    ['slower by 2 %', metric(102), 'ok', 0.02],
    ['faster', metric(50), 'ok', -0.5],
    ['20 % less throughput', metric(80, 'higher'), 'regressed', 0.2],
    ['more throughput', metric(200, 'higher'), 'ok', -1],
  ])('%s: %s', (_what, current, state, change) => {
    const past = [99, 100, 101, 100, 100, 99].map((value) => metric(value, current.better));
    expect(compareMetric('m', current, past, settings)).toMatchObject({
      state,
      change: expect.closeTo(change, 6),
    });
  });

  it('counts as much towards better as towards worse', () => {
    const slower = compareMetric('m', metric(110), [metric(100)], settings);
    expect(slower).toMatchObject({
      state: 'regressed',
      method: 'tolerance',
      p: null,
      change: expect.closeTo(0.1, 6),
    });
    expect(compareMetric('m', metric(105), [metric(100)], settings)?.state).toBe('ok');
    expect(compareMetric('m', metric(95, 'higher'), [metric(100)], settings)?.state).toBe('ok');
    expect(compareMetric('m', metric(94.9, 'higher'), [metric(100)], settings)?.state).toBe('regressed');
  });

  it('does not call equal numbers infinitely quiet', () => {
    const past = Array.from({ length: 8 }, () => metric(100));
    expect(compareMetric('m', metric(100.1), past, { ...settings, tolerance: 0 })?.state).toBe('uncertain');
    expect(compareMetric('m', metric(100), past, settings)?.detectable).toBeGreaterThan(0);
  });

  it('uses repetitions when there are no past runs to speak of', () => {
    const before = metric(100, 'lower', [99, 100, 101, 100, 102, 98]);
    const after = metric(120, 'lower', [119, 121, 118, 122, 120, 120.5]);
    expect(compareMetric('m', after, [before], settings)).toMatchObject({
      method: 'rank-test',
      state: 'regressed',
    });
    const mixed = metric(106, 'lower', [90, 121, 88, 130, 100, 112]);
    expect(compareMetric('m', mixed, [before], settings)?.state).toBe('uncertain');
  });

  it('compares nothing with nothing, and no number that is none', () => {
    expect(compareMetric('m', metric(1), [], settings)).toBeNull();
    expect(compareMetric('m', metric(1), [metric(-1), metric(Number.NaN)], settings)).toBeNull();
    expect(compareMetric('m', metric(-1), [metric(1)], settings)).toBeNull();
  });

  it.each([
    ['allocations that were none', metric(64), [0, 0, 0], 'regressed', 1],
    ['allocations that are none any more', metric(0), [64, 64, 64], 'ok', -1],
    ['none as before', metric(0), [0, 0], 'ok', 0],
    ['work that is not done any more', metric(0, 'higher'), [100, 101], 'regressed', 1],
    ['work that is done now', metric(9, 'higher'), [0, 0], 'ok', -1],
    ['one quiet run among many', metric(100), [0, 99, 100, 101], 'ok', expect.any(Number)],
  ])('knows nothing from something: %s', (_what, current, values, state, change) => {
    const past = values.map((value) => metric(value, current.better));
    expect(compareMetric('m', current, past, settings)).toMatchObject({ state, change });
  });
});

describe('forecasting the peak', () => {
  const day = 86_400_000;
  const points = (count: number, rate: (age: number) => number) =>
    Array.from({ length: count }, (_, i) => ({ at: -(count - 1 - i) * day, rate: rate(count - 1 - i) }));

  it('continues a line, and never falls below what was seen', () => {
    expect(
      forecastPeak(
        points(40, (age) => 100 - age),
        0,
        30 * day,
        0.9,
      ),
    ).toMatchObject({
      expected: expect.closeTo(130, 6),
      high: expect.closeTo(130, 6),
      perDay: expect.closeTo(1, 9),
    });
    const falling = forecastPeak(
      points(40, (age) => 100 + age),
      0,
      30 * day,
      0.9,
    );
    expect(falling?.expected).toBeCloseTo(70, 6);
    expect(falling?.high).toBe(139);
  });

  it('does not foretell a month from a week, nor anything from four points', () => {
    expect(
      forecastPeak(
        points(7, () => 100),
        0,
        30 * day,
        0.9,
      ),
    ).toBeNull();
    expect(
      forecastPeak(
        points(4, () => 100),
        0,
        day,
        0.9,
      ),
    ).toBeNull();
  });

  it('says when a limit is reached, at the latest first', () => {
    const noise = randomFrom(3);
    const rising = points(40, (age) => 100 - age + 4 * noise());
    const { expected, pessimistic } = daysUntil(150, rising, 0, 0.9);
    expect(expected).toBeGreaterThan(40);
    expect(pessimistic ?? 0).toBeLessThan(expected ?? 0);
    expect(daysUntil(1e9, rising, 0, 0.9).expected).toBeNull();
  });
});
