import { describe, expect, it } from 'vitest';
import {
  ceiling,
  freshCapital,
  gridAbove,
  gridBelow,
  lnE,
  mergeE,
  sumOf,
  uniformPrior,
  zonedPrior,
} from '../../../core/stats/e-process.ts';
import { ones } from '../../../core/stats/growth.ts';
import { multiplyRate, rateTest } from '../../../core/stats/rate-test.ts';
import { multiplyRatio, ratioInformation, ratioTest } from '../../../core/stats/ratio-test.ts';
import { advance, eOf, lnEOf, openProcess, stakeStep } from '../../../core/stats/restarting.ts';
import { lnGamma } from '../../../core/stats/special.ts';
import fc from '../../support/fast-check.ts';

const p = (share: number, r: number): number => (share * r) / (1 - share + share * r);
const even = uniformPrior(40);

describe('grids and priors', () => {
  it.each([
    ['above', gridAbove(1.2, 20, 40), 1.2, 20],
    ['below', gridBelow(0.01, 0.05, 40), 0.01, 0.05],
  ])('%s the limit are log-uniform and leave the limit out', (name, grid, low, high) => {
    expect(grid).toHaveLength(40);
    const steps = Array.from(grid.slice(1), (value, k) => value / (grid[k] ?? 1));
    for (const one of steps) expect(one).toBeCloseTo(steps[0] ?? 0, 9);
    expect(name === 'above' ? grid.at(-1) : grid[0]).toBeCloseTo(name === 'above' ? high : low, 9);
    expect(name === 'above' ? (grid[0] ?? 0) > low : (grid.at(-1) ?? 1) < high).toBe(true);
  });

  it('give each zone its weight, evenly', () => {
    const grid = Float64Array.of(1, 2, 3, 4, 5);
    const zones = [
      { to: 2, weight: 0.5 },
      { to: 4, weight: 0.3 },
      { to: Number.POSITIVE_INFINITY, weight: 0.2 },
    ];
    expect(Array.from(zonedPrior(grid, zones))).toEqual([0.25, 0.25, 0.15, 0.15, 0.2]);
  });
});

describe('the ratio test', () => {
  const test = ratioTest(1.2, gridAbove(1.2, 20, 40), even);
  const factors = (ec: number, eb: number, share: number, cluster = 1): number[] => {
    const capital = new Array<number>(40).fill(1);
    multiplyRatio(capital, test, ec, eb, share, cluster);
    return capital;
  };

  it('multiplies by exactly the likelihood ratio of the definition, by tables and by exponentials', () => {
    fc.assert(
      fc.property(
        fc.nat(90),
        fc.nat(90),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.constantFrom(1, 1, 5),
        (ec, eb, share, cluster) => {
          factors(ec, eb, share, cluster).forEach((factor, k) => {
            const r = test.grid[k] ?? 1;
            const ln =
              ec * Math.log(p(share, r) / p(share, 1.2)) +
              eb * Math.log((1 - p(share, r)) / (1 - p(share, 1.2)));
            expect(Math.log(factor)).toBeCloseTo(ln / cluster, 6);
          });
        },
      ),
    );
  });

  it('is a martingale at the null: the expectation of one tick’s e-value is 1', () => {
    for (const share of [0.01, 0.1, 0.5, 0.9]) {
      const p0 = p(share, 1.2);
      const hit = sumOf(factors(1, 0, share)) / 40;
      const miss = sumOf(factors(0, 1, share)) / 40;
      expect(p0 * hit + (1 - p0) * miss).toBeCloseTo(1, 9);
    }
  });

  it.each([1, 2, 3, 5])('stays a supermartingale for clusters of %i, judged as clusters of 5', (size) => {
    for (const share of [0.01, 0.1, 0.5]) {
      const p0 = p(share, 1.2);
      const expected = factors(size, 0, share, 5).map(
        (hit, k) => p0 * hit + (1 - p0) * (factors(0, size, share, 5)[k] as number),
      );
      for (const one of expected) expect(one).toBeLessThanOrEqual(1 + 1e-12);
    }
  });

  it('learns nothing where there is no choice', () => {
    for (const [ec, eb, share] of [
      [0, 0, 0.5],
      [3, 0, 1],
      [0, 3, 0],
      [Number.NaN, 1, 0.5],
    ] as const) {
      expect(sumOf(factors(ec, eb, share))).toBe(40);
    }
  });

  it('stays finite whatever it is given', () => {
    fc.assert(
      fc.property(fc.nat(1e7), fc.nat(1e7), fc.double({ min: 0, max: 1 }), (ec, eb, share) => {
        const capital = freshCapital(even);
        for (let i = 0; i < 3; i++) multiplyRatio(capital, test, ec, eb, share);
        for (const one of capital) expect(one >= 0 && one <= ceiling).toBe(true);
      }),
    );
  });

  it('agrees with the Dirichlet-multinomial test of a fixed split about who is guilty', () => {
    // Lindon & Malek, arXiv 2011.03567: the Bayes factor of a multinomial against Dirichlet(1, 1).
    const oracle = (ec: number, eb: number, share: number): number =>
      lnGamma(2) -
      lnGamma(ec + eb + 2) +
      lnGamma(1 + ec) +
      lnGamma(1 + eb) -
      ec * Math.log(share) -
      eb * Math.log(1 - share);
    const atOne = ratioTest(1, gridAbove(1, 20, 40), even);
    for (const share of [0.1, 0.5]) {
      for (const ratio of [1, 2, 5, 10]) {
        const ec = Math.round(400 * p(share, ratio));
        const capital = freshCapital(even);
        multiplyRatio(capital, atOne, ec, 400 - ec, share);
        const guilty = lnE(sumOf(capital)) >= Math.log(1_000);
        expect(guilty).toBe(oracle(ec, 400 - ec, share) >= Math.log(1_000));
      }
    }
  });

  it('measures information as a divergence: never negative, none at ratio 1', () => {
    expect(ratioInformation(1, 10, 0.3)).toBeCloseTo(0, 12);
    // 100 · KL(Bernoulli(0.1) ‖ Bernoulli(0.24/1.14)), computed by hand.
    expect(ratioInformation(2.4, 100, 0.1)).toBeCloseTo(
      100 * (0.1 * Math.log(0.1 / 0.210526316) + 0.9 * Math.log(0.9 / 0.789473684)),
      6,
    );
  });
});

describe('the rate test', () => {
  const grids = [gridAbove(0.05, 0.5, 40), gridBelow(0.0005, 0.05, 40)];

  it('is a martingale at the limit, in both directions', () => {
    for (const grid of grids) {
      const test = rateTest(0.05, grid, even);
      const [hit, miss] = [1, 0].map((events) => {
        const capital = freshCapital(even);
        multiplyRate(capital, test, events, 1);
        return sumOf(capital);
      });
      expect(0.05 * (hit ?? 0) + 0.95 * (miss ?? 0)).toBeCloseTo(1, 9);
    }
  });

  it('by tables is what it is by logarithms', () => {
    fc.assert(
      fc.property(fc.nat(70), fc.nat(3_000), fc.constantFrom(...grids), (events, rest, grid) => {
        const test = rateTest(0.05, grid, even);
        const capital = new Array<number>(40).fill(1);
        multiplyRate(capital, test, events, events + rest);
        capital.forEach((factor, k) => {
          const ln = events * (test.logHit[k] ?? 0) + rest * (test.logMiss[k] ?? 0);
          if (Math.abs(ln) < 500) expect(Math.log(factor)).toBeCloseTo(ln, 6);
        });
      }),
    );
  });

  it('ignores counts that cannot be', () => {
    const test = rateTest(0.05, grids[0] as Float64Array, even);
    const capital = freshCapital(even);
    multiplyRate(capital, test, 5, 3);
    multiplyRate(capital, test, 0, 0);
    multiplyRate(capital, test, Number.NaN, 10);
    expect(sumOf(capital)).toBeCloseTo(1, 12);
  });
});

describe('merging', () => {
  it('weighs', () => {
    expect(
      mergeE([
        { weight: 0.5, e: 10 },
        { weight: 0.2, e: 1 },
        { weight: 0.3, e: 2 },
      ]),
    ).toBeCloseTo(5.8, 9);
  });

  it('shows what has lost everything as a finite logarithm', () => {
    expect(Number.isFinite(lnE(0))).toBe(true);
  });
});

describe('a process that is staked anew', () => {
  it('begins with the capital 1 and keeps it while nothing happens', () => {
    let process = openProcess(even, 3);
    expect(lnEOf(process)).toBeCloseTo(0, 12);
    for (let step = 0; step < 4; step++) {
      for (let tick = 0; tick < 50; tick++) process = advance(process, even, null);
      process = stakeStep(process, even, 3);
      expect(lnEOf(process)).toBeCloseTo(0, 9);
      expect(process.rest).toBeGreaterThan(0);
    }
  });

  it('stakes no further step than it was opened for', () => {
    const all = stakeStep(stakeStep(openProcess(even, 3), even, 3), even, 3);
    expect(stakeStep(all, even, 3)).toEqual(all);
    const only = openProcess(even, 1);
    expect(stakeStep(only, even, 1)).toEqual(only);
  });

  it('forgets health: after long losses it still has almost its stake', () => {
    let process = openProcess(even, 1);
    const times = (factor: number): void => {
      const hits = new Float64Array(even.length).fill(factor);
      process = advance(process, even, { hits, from: 0, misses: ones(even.length) });
    };
    for (let tick = 0; tick < 2_000; tick++) times(0.6);
    let ticks = 0;
    while (eOf(process) < 1_000 && ticks < 200) {
      times(1.65);
      ticks++;
    }
    expect(ticks).toBeLessThan(50);
  });
});
