import { describe, expect, it } from 'vitest';
import {
  hodgesLehmann,
  mannWhitney,
  mean,
  meanInterval,
  variance,
  welch,
} from '../../../core/stats/compare.ts';
import { clopperPearson, wilson } from '../../../core/stats/proportion.ts';
import { histogramQuantile, median, quantile, robustDeviation } from '../../../core/stats/quantile.ts';
import {
  betaQuantile,
  lnGamma,
  normalCdf,
  normalQuantile,
  regularizedBeta,
  studentCdf,
  studentQuantile,
  upperTail,
} from '../../../core/stats/special.ts';
import fc from '../../support/fast-check.ts';

const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true });

describe('special functions (values of R and SciPy)', () => {
  it.each([
    ['lgamma(0.5)', lnGamma(0.5), 0.5723649429247001],
    ['lgamma(10)', lnGamma(10), 12.80182748008147],
    ['lgamma(100.5)', lnGamma(100.5), 361.4355404678],
    ['pbeta(0.3, 2, 5)', regularizedBeta(0.3, 2, 5), 0.579825],
    ['pbeta(0.01, 0.5, 200)', regularizedBeta(0.01, 0.5, 200), 0.9549058928629242],
    ['qbeta(0.025, 3, 8)', betaQuantile(0.025, 3, 8), 0.06673951],
    ['pnorm(1.96)', normalCdf(1.96), 0.9750021048517795],
    ['pnorm(-6)', normalCdf(-6), 9.865876450376981e-10],
    ['pnorm(10, lower=FALSE)', upperTail(10), 7.619853024160527e-24],
    ['qnorm(0.975)', normalQuantile(0.975), 1.959963984540054],
    ['qnorm(1e-10)', normalQuantile(1e-10), -6.361340902404056],
    ['pt(2.5, 7)', studentCdf(2.5, 7), 0.9795038907071321],
    ['qt(0.975, 4)', studentQuantile(0.975, 4), 2.776445105198],
    ['qt(0.99, 19)', studentQuantile(0.99, 19), 2.539483190622],
  ])('%s', (_what, found, expected) => {
    expect(Math.abs(found - expected) / Math.abs(expected)).toBeLessThan(2e-6);
  });

  it('inverts what it computes', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }),
        fc.integer({ min: 1, max: 60 }),
        (p, df) => {
          expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 9);
          expect(studentCdf(studentQuantile(p, df), df)).toBeCloseTo(p, 8);
          expect(regularizedBeta(betaQuantile(p, df, 3), df, 3)).toBeCloseTo(p, 9);
        },
      ),
    );
  });
});

describe('proportions', () => {
  it('knows the published intervals', () => {
    // Clopper & Pearson's own table: 10 of 100 at 95 %.
    expect(clopperPearson(10, 100, 0.95).low).toBeCloseTo(0.0490047, 6);
    expect(clopperPearson(10, 100, 0.95).high).toBeCloseTo(0.1762226, 6);
    expect(clopperPearson(0, 300, 0.95).high).toBeCloseTo(1 - 0.025 ** (1 / 300), 9);
    // Newcombe (1998), 81 of 263: Wilson 0.2553 to 0.3662.
    expect(wilson(81, 263, 0.95).low).toBeCloseTo(0.2553, 4);
    expect(wilson(81, 263, 0.95).high).toBeCloseTo(0.3662, 4);
  });

  it('knows nothing without trials', () => {
    expect(clopperPearson(0, 0, 0.95)).toEqual({ low: 0, high: 1 });
    expect(wilson(0, 0, 0.95)).toEqual({ low: 0, high: 1 });
  });

  it('contains what was seen, and is wider when exact', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(500), (trials, raw) => {
        const events = raw % (trials + 1);
        for (const interval of [clopperPearson(events, trials, 0.9), wilson(events, trials, 0.9)]) {
          expect(interval.low).toBeLessThanOrEqual(events / trials + 1e-12);
          expect(interval.high).toBeGreaterThanOrEqual(events / trials - 1e-12);
        }
      }),
    );
  });

  it('covers the truth at least as often as it says', () => {
    // Exact coverage over all outcomes, no sampling.
    for (const [trials, p] of [
      [20, 0.1],
      [50, 0.02],
      [30, 0.5],
    ] as const) {
      let covered = 0;
      for (let k = 0; k <= trials; k += 1) {
        const weight = Math.exp(
          lnGamma(trials + 1) -
            lnGamma(k + 1) -
            lnGamma(trials - k + 1) +
            k * Math.log(p) +
            (trials - k) * Math.log(1 - p),
        );
        const { low, high } = clopperPearson(k, trials, 0.9);
        if (low <= p && p <= high) covered += weight;
      }
      expect(covered).toBeGreaterThanOrEqual(0.9);
    }
  });
});

describe('quantiles', () => {
  it.each([
    [[1, 2, 3, 4], 0.5, 2.5],
    [[1, 2, 3, 4], 0.95, 3.85],
    [[5], 0.99, 5],
    [[3, 1, 2], 0, 1],
    [[3, 1, 2], 1, 3],
  ])('of %j at %d is %d', (samples, q, expected) => {
    expect(quantile(samples, q)).toBeCloseTo(expected, 12);
  });

  it('knows nothing of no samples and of samples that are no numbers', () => {
    expect(quantile([], 0.5)).toBeNaN();
    expect(quantile([1, Number.NaN], 0.5)).toBeNaN();
  });

  it('lies between least and greatest and never falls', () => {
    fc.assert(
      fc.property(
        fc.array(finite, { minLength: 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (samples, q) => {
          expect(quantile(samples, q)).toBeGreaterThanOrEqual(Math.min(...samples));
          expect(quantile(samples, q)).toBeLessThanOrEqual(Math.max(...samples));
          expect(quantile(samples, q)).toBeGreaterThanOrEqual(quantile(samples, q / 2));
        },
      ),
    );
  });

  it('has a spread that one outlier does not move', () => {
    expect(robustDeviation([9, 10, 10, 11, 10, 9, 11, 1_000])).toBeLessThan(2);
  });

  const buckets = (...counts: [number, number][]) => counts.map(([upper, count]) => ({ upper, count }));
  const inf = Number.POSITIVE_INFINITY;
  it.each([
    ['inside a bucket', buckets([0.1, 50], [0.2, 100], [inf, 100]), 0.75, { value: 0.15, atLeast: false }],
    [
      'in the lowest, which begins at 0',
      buckets([0.1, 100], [inf, 100]),
      0.5,
      { value: 0.05, atLeast: false },
    ],
    [
      'beyond the last edge: a lower bound',
      buckets([0.1, 50], [inf, 100]),
      0.9,
      { value: 0.1, atLeast: true },
    ],
    ['without +Inf', buckets([0.1, 50]), 0.9, null],
    ['without observations', buckets([0.1, 0], [inf, 0]), 0.9, null],
    ['not cumulative', buckets([0.1, 50], [0.2, 40], [inf, 60]), 0.9, null],
    ['in any order', buckets([inf, 100], [0.2, 100], [0.1, 50]), 0.75, { value: 0.15, atLeast: false }],
  ])('of a histogram: %s', (_what, histogram, q, expected) => {
    const found = histogramQuantile(histogram, q);
    if (expected === null) expect(found).toBeNull();
    else expect(found).toEqual({ value: expect.closeTo(expected.value, 12), atLeast: expected.atLeast });
  });
});

describe('comparing two samples', () => {
  it('agrees with R about Welch', () => {
    // t.test(c(30.02,29.99,30.11,29.97,30.01,29.99), c(29.89,29.93,29.72,29.98,30.02,29.98))
    const a = [30.02, 29.99, 30.11, 29.97, 30.01, 29.99];
    const b = [29.89, 29.93, 29.72, 29.98, 30.02, 29.98];
    const { statistic, df, p } = welch(a, b);
    expect(statistic).toBeCloseTo(-1.959, 3);
    expect(df).toBeCloseTo(7.03, 2);
    expect(p).toBeCloseTo(0.0907, 3);
  });

  it('agrees with R about Mann–Whitney, exact and with ties', () => {
    // wilcox.test(c(0.8,0.83,1.89,1.04,1.45,1.38,1.91,1.64,0.73,1.46), c(1.15,0.88,0.9,0.74,1.21)): W = 35, p = 0.2544
    const x = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    const y = [1.15, 0.88, 0.9, 0.74, 1.21];
    expect(mannWhitney(x, y)).toEqual({ statistic: 15, p: expect.closeTo(0.2544, 3) });
    expect(mannWhitney([1, 2, 2, 3, 4, 4], [2, 3, 5, 5, 6, 7]).p).toBeCloseTo(0.0745262, 6);
    expect(mannWhitney([1, 1, 1], [1, 1, 1]).p).toBe(1);
    expect(mannWhitney([1, 2, 3, 4], [5, 6, 7, 8]).p).toBeCloseTo(2 / 70, 9);
  });

  it('does not depend on which side is called first', () => {
    fc.assert(
      fc.property(
        fc.array(finite, { minLength: 2, maxLength: 15 }),
        fc.array(finite, { minLength: 2, maxLength: 15 }),
        (a, b) => {
          expect(mannWhitney(a, b).p).toBeCloseTo(mannWhitney(b, a).p, 9);
          const [one, other] = [welch(a, b).p, welch(b, a).p];
          if (!Number.isNaN(one)) expect(one).toBeCloseTo(other, 9);
          expect(hodgesLehmann(a, b)).toBeCloseTo(-hodgesLehmann(b, a), 6);
        },
      ),
    );
  });

  it('raises no more false alarms than it says', () => {
    // Exact: every split of eight different values in 4 + 4 is equally likely.
    const values = [1, 2, 3, 4, 5, 6, 7, 8];
    let alarms = 0;
    let splits = 0;
    for (let mask = 0; mask < 256; mask += 1) {
      const a = values.filter((_, i) => (mask >> i) & 1);
      if (a.length !== 4) continue;
      splits += 1;
      if (
        mannWhitney(
          a,
          values.filter((_, i) => !((mask >> i) & 1)),
        ).p <= 0.1
      )
        alarms += 1;
    }
    expect(splits).toBe(70);
    expect(alarms / splits).toBeLessThanOrEqual(0.1);
  });

  it('needs two samples for an interval', () => {
    expect(meanInterval([1], 0.95)).toBeNull();
    const interval = meanInterval([1, 2, 3, 4, 5], 0.95);
    expect(interval?.low).toBeCloseTo(3 - 2.776445 * Math.sqrt(2.5 / 5), 4);
    expect(variance([1, 2, 3, 4, 5])).toBe(2.5);
    expect(median([3, 1, 2])).toBe(mean([1, 2, 3]));
  });
});
