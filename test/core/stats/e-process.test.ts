import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addRateTick,
  addRatioTick,
  freshProcess,
  gridAbove,
  gridBelow,
  logE,
  logWeightedSum,
  rateTest,
  ratioInformation,
  ratioTest,
} from '../../../core/stats/e-process.ts';
import { advance, logCapital, openProcess, stakeStep } from '../../../core/stats/restarting.ts';

const p = (share: number, r: number): number => (share * r) / (1 - share + share * r);

describe('grids', () => {
  it.each([
    ['above', gridAbove(1.2, 20, 40), 1.2, 20],
    ['below', gridBelow(0.01, 0.05, 40), 0.01, 0.05],
  ])('%s the limit are log-uniform and leave the limit out', (name, grid, low, high) => {
    expect(grid).toHaveLength(40);
    const steps = grid.slice(1).map((value, k) => value / (grid[k] ?? 1));
    for (const one of steps) expect(one).toBeCloseTo(steps[0] ?? 0, 9);
    expect(name === 'above' ? grid.at(-1) : grid[0]).toBeCloseTo(name === 'above' ? high : low, 9);
    expect(name === 'above' ? (grid[0] ?? 0) > low : (grid.at(-1) ?? 1) < high).toBe(true);
  });
});

describe('the ratio test', () => {
  const test = ratioTest(1.2, gridAbove(1.2, 20, 40));

  it('adds exactly the log-likelihood ratio of the definition', () => {
    fc.assert(
      fc.property(
        fc.nat(50),
        fc.nat(50),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (ec, eb, share) => {
          const logs = freshProcess(test.grid);
          addRatioTick(logs, test, { canaryEvents: ec, baselineEvents: eb, share });
          logs.forEach((l, k) => {
            const r = test.grid[k] ?? 1;
            const expected =
              ec * Math.log(p(share, r) / p(share, 1.2)) +
              eb * Math.log((1 - p(share, r)) / (1 - p(share, 1.2)));
            expect(l).toBeCloseTo(expected, 6);
          });
        },
      ),
    );
  });

  it('is a martingale at the null: the expectation of one tick’s e-value is 1', () => {
    for (const share of [0.01, 0.1, 0.5, 0.9]) {
      const p0 = p(share, 1.2);
      const [hit, miss] = [1, 0].map((canaryEvents) => {
        const logs = freshProcess(test.grid);
        addRatioTick(logs, test, { canaryEvents, baselineEvents: 1 - canaryEvents, share });
        return Math.exp(logE(logs));
      });
      expect(p0 * (hit ?? 0) + (1 - p0) * (miss ?? 0)).toBeCloseTo(1, 9);
    }
  });

  it('learns nothing where there is no choice', () => {
    for (const tick of [
      { canaryEvents: 0, baselineEvents: 0, share: 0.5 },
      { canaryEvents: 3, baselineEvents: 0, share: 1 },
      { canaryEvents: 0, baselineEvents: 3, share: 0 },
    ]) {
      const logs = freshProcess(test.grid);
      addRatioTick(logs, test, tick);
      expect(logE(logs)).toBe(0);
    }
  });

  it('measures information as a divergence: never negative, none at ratio 1', () => {
    expect(ratioInformation(1, 10, 0.3)).toBeCloseTo(0, 12);
    expect(ratioInformation(2.4, 100, 0.1)).toBeGreaterThan(0);
    // 100 · KL(Bernoulli(0.1) ‖ Bernoulli(0.24/1.14)), computed by hand.
    expect(ratioInformation(2.4, 100, 0.1)).toBeCloseTo(
      100 * (0.1 * Math.log(0.1 / 0.210526316) + 0.9 * Math.log(0.9 / 0.789473684)),
      6,
    );
  });
});

describe('the rate test', () => {
  it('is a martingale at the limit, in both directions', () => {
    for (const grid of [gridAbove(0.05, 0.5, 40), gridBelow(0.0005, 0.05, 40)]) {
      const test = rateTest(0.05, grid);
      const [hit, miss] = [1, 0].map((events) => {
        const logs = freshProcess(grid);
        addRateTick(logs, test, { events, requests: 1 });
        return Math.exp(logE(logs));
      });
      expect(0.05 * (hit ?? 0) + 0.95 * (miss ?? 0)).toBeCloseTo(1, 9);
    }
  });

  it('ignores counts that cannot be', () => {
    const test = rateTest(0.05, gridAbove(0.05, 0.5, 40));
    const logs = freshProcess(test.logHit);
    addRateTick(logs, test, { events: 5, requests: 3 });
    addRateTick(logs, test, { events: 0, requests: 0 });
    expect(logE(logs)).toBe(0);
  });
});

describe('logarithms of sums', () => {
  it('do not overflow', () => {
    expect(logE([2_000, 2_000])).toBeCloseTo(2_000, 9);
    expect(logE([-2_000, -3_000])).toBeCloseTo(-2_000 - Math.LN2, 9);
  });

  it('are weighted', () => {
    const merged = logWeightedSum([
      { weight: 0.5, logE: Math.log(10) },
      { weight: 0.2, logE: 0 },
      { weight: 0.3, logE: Math.log(2) },
    ]);
    expect(Math.exp(merged)).toBeCloseTo(5 + 0.2 + 0.6, 9);
  });
});

describe('a process that is staked anew', () => {
  it('begins with the capital 1 and keeps it while nothing happens', () => {
    let process = openProcess(40, 3);
    expect(logCapital(process)).toBeCloseTo(0, 12);
    for (let step = 0; step < 4; step++) {
      for (let tick = 0; tick < 50; tick++) process = advance(process, () => {});
      process = stakeStep(process, 3);
      expect(logCapital(process)).toBeCloseTo(0, 9);
      expect(process.rest).toBeGreaterThan(0);
    }
  });

  it('stakes no further step than it was opened for', () => {
    const all = stakeStep(stakeStep(openProcess(40, 3), 3), 3);
    expect(stakeStep(all, 3)).toEqual(all);
  });

  it('forgets health: after long losses it still has almost its stake', () => {
    let process = openProcess(40, 1);
    const lose = (logs: number[]): void =>
      logs.forEach((l, k) => {
        logs[k] = l - 0.5;
      });
    const win = (logs: number[]): void =>
      logs.forEach((l, k) => {
        logs[k] = l + 0.5;
      });
    for (let tick = 0; tick < 2_000; tick++) process = advance(process, lose);
    let ticks = 0;
    while (logCapital(process) < Math.log(1_000) && ticks < 200) {
      process = advance(process, win);
      ticks++;
    }
    expect(ticks).toBeLessThan(50);
  });
});
