import { describe, expect, it } from 'vitest';
import { driftOf } from '../../../actions/perf/drift.ts';
import type { Metric, PastRun } from '../../../actions/perf/model.ts';
import { randomFrom } from '../../../core/stats/random.ts';

const settings = { maxDrift: 0.25, alpha: 0.05 };
const metric = (value: number, better: Metric['better'] = 'lower'): Metric => ({ value, unit: 'ms', better });
const history = (values: readonly number[], better?: Metric['better']): readonly PastRun[] =>
  values.map((value, n) => ({
    at: null,
    sha: `${n}`.padStart(40, '0'),
    metrics: { m: metric(value, better) },
  }));

/** Log-normal noise, the same for the same seed. */
function noisy(seed: number, spread: number) {
  const random = randomFrom(seed);
  return (level: number) =>
    level * Math.exp(spread * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
}

describe('drift from the best level', () => {
  it('is seldom seen where there is none, however noisy', () => {
    const next = noisy(11, 0.2);
    let alarms = 0;
    for (let trial = 0; trial < 300; trial += 1) {
      const past = history(Array.from({ length: 20 }, () => next(100)));
      if (driftOf('m', metric(next(100)), past, settings)?.drifted === true) alarms += 1;
    }
    expect(alarms / 300).toBeLessThan(0.08);
  });

  it.each([
    ['slower', 'lower', 1.04],
    ['less', 'higher', 0.96],
  ] as const)('is seen after many small steps, each of them tolerated: %s', (_what, better, step) => {
    const next = noisy(5, 0.01);
    const past = history(
      Array.from({ length: 40 }, (_, n) => next(100 * step ** Math.floor(n / 4))),
      better,
    );
    const drift = driftOf('m', metric(next(100 * step ** 10), better), past, settings);
    expect(drift?.drifted).toBe(true);
    expect(drift?.best).toBeGreaterThan(better === 'lower' ? 95 : 90);
    expect(drift?.changes.length).toBeGreaterThan(1);
  });

  it('does not take a lucky run for a level', () => {
    const past = history([100, 101, 99, 50, 100, 101, 100, 99, 100, 101]);
    expect(driftOf('m', metric(101), past, settings)?.drifted).toBe(false);
  });

  it('says nothing of too few runs, of another unit and of no number', () => {
    expect(driftOf('m', metric(200), history([100, 100, 100]), settings)).toBeNull();
    const seconds = history([100, 100, 100, 100, 100]).map((run) => ({
      ...run,
      metrics: { m: { ...metric(100), unit: 's' } },
    }));
    expect(driftOf('m', metric(200), seconds, settings)).toBeNull();
    expect(driftOf('m', metric(0), history([100, 100, 100, 100]), settings)).toBeNull();
  });
});
