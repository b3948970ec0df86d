import { describe, expect, it } from 'vitest';
import type { Kpi } from '../../../core/config/kpis.ts';
import { compareKpi } from '../../../core/kpi/compare.ts';
import type { Bucket, KpiReading } from '../../../core/kpi/reading.ts';
import { poissonFrom, randomFrom } from '../../../core/stats/random.ts';

const ratio: Kpi = { kind: 'ratio', name: 'errors', better: 'down', tolerance: 0, events: 'e', total: 't' };
const rate: Kpi = { kind: 'rate', name: 'orders', better: 'up', tolerance: 0, events: 'o' };
const mean: Kpi = { kind: 'mean', name: 'basket', better: 'up', tolerance: 0, sum: 's', count: 'c' };
const settings = { confidence: 0.95, min_events: 100 };

const hours = (count: number, of: (hour: number) => Bucket): readonly Bucket[] =>
  Array.from({ length: count }, (_, hour) => of(hour));
const reading = (
  after: readonly Bucket[],
  before: readonly Bucket[] | null,
  problem: string | null = null,
): KpiReading => ({ name: 'x', after, before: before === null ? [] : [before], problem });
const flat = (x: number, n: number): readonly Bucket[] => hours(24, () => ({ x, n }));
const compare = (kpi: Kpi, what: KpiReading) => compareKpi(kpi, what, settings, 1);

describe('a figure that is compared with the same hours before', () => {
  it('is weighed by its events, not by its hours', () => {
    const uneven = hours(24, (hour) => (hour === 0 ? { x: 900, n: 1_000 } : { x: 0, n: 1_000 }));
    const { before, after } = compare(ratio, reading(uneven, flat(10, 1_000)));
    expect(before).toBeCloseTo(0.01);
    expect(after).toBeCloseTo(900 / 24_000);
    const busy = hours(24, (hour) => (hour === 0 ? { x: 10, n: 10 } : { x: 0, n: 10_000 }));
    expect(compare(ratio, reading(busy, flat(10, 1_000))).after).toBeCloseTo(10 / 230_010);
  });

  it.each([
    ['errors doubled', ratio, flat(20, 1_000), flat(10, 1_000), 'worse'],
    ['errors halved', ratio, flat(5, 1_000), flat(10, 1_000), 'better'],
    ['errors as before', ratio, flat(10, 1_000), flat(10, 1_000), 'no difference shown'],
    ['no errors on either side', ratio, flat(0, 1_000), flat(0, 1_000), 'no difference shown'],
    ['orders fell by a half', rate, flat(50, 3_600), flat(100, 3_600), 'worse'],
    ['orders stopped', rate, flat(0, 3_600), flat(100, 3_600), 'worse'],
    ['orders doubled', rate, flat(200, 3_600), flat(100, 3_600), 'better'],
  ] as const)('%s', (_what, kpi, after, before, verdict) => {
    const found = compare(kpi, reading(after, before));
    expect(found.verdict).toBe(verdict);
    expect(found.reason).toBeNull();
  });

  it('has an interval for means from how their hours vary', () => {
    const noisy = (base: number) => hours(24, (hour) => ({ x: (base + (hour % 5)) * 100, n: 100 }));
    expect(compare(mean, reading(noisy(40), noisy(50))).verdict).toBe('worse');
    const scattered = hours(24, (hour) => ({ x: (hour % 2 === 0 ? 80 : 22) * 100, n: 100 }));
    expect(compare(mean, reading(scattered, noisy(50))).verdict).toBe('no difference shown');
  });

  it('tolerates a change for the worse up to what the config says', () => {
    const slightly = reading(flat(10_200, 100_000), flat(10_000, 100_000));
    expect(compare(ratio, slightly).verdict).toBe('worse');
    expect(compare({ ...ratio, tolerance: 0.05 }, slightly).verdict).toBe('no difference shown');
  });

  it('cancels what moves the same hour alike: night and day are no difference', () => {
    const daily = (factor: number) =>
      hours(24, (hour) => ({ x: Math.round((hour < 12 ? 2 : 200) * factor), n: 3_600 }));
    const found = compare(rate, reading(daily(0.8), daily(1)));
    expect(found.verdict).toBe('worse');
  });

  it('counts an hour on both sides or on neither', () => {
    const gap = hours(24, (hour) => (hour < 10 ? { x: null, n: null } : { x: 10, n: 1_000 }));
    const before = hours(24, (hour) => (hour < 10 ? { x: 500, n: 1_000 } : { x: 10, n: 1_000 }));
    const found = compare(ratio, reading(gap, before));
    expect(found).toMatchObject({ compared: 14, expected: 24, verdict: 'no difference shown' });
    expect(found.before).toBeCloseTo(0.01);
  });
});

describe('too little is insufficient, never 0 %', () => {
  const unknown = flat(Number.NaN, Number.NaN);
  it.each([
    ['nothing since GA', reading(unknown, flat(1, 1_000)), /nothing is known of the time since GA/],
    ['nothing before', reading(flat(1, 1_000), unknown), /same hours before/],
    ['no such week', reading(flat(1, 1_000), null), /no such week/],
    ['few requests', reading(flat(0, 3), flat(1, 1_000)), /72 events since GA/],
    ['few requests before', reading(flat(1, 1_000), flat(0, 3)), /72 events before/],
    [
      'few hours',
      reading(
        hours(24, (hour) => (hour < 5 ? { x: 1, n: 1_000 } : { x: null, n: null })),
        flat(1, 1_000),
      ),
      /only 5 of 24 hours/,
    ],
    ['a provider that did not answer', reading([], [], 'PROMETHEUS_UNREACHABLE'), /UNREACHABLE/],
  ])('%s', (_what, what, reason) => {
    const found = compare(ratio, what);
    expect(found.verdict).toBe('insufficient');
    expect(found.reason).toMatch(reason);
    expect(found.change).toBeNull();
  });
});

describe('the confidence', () => {
  /** Figures of services whose hours differ among themselves and from week to week (overdispersed by `spread`). */
  function falseAlarms(kpi: Kpi, rounds: number, figures: number, harm = 1): number {
    const random = randomFrom(7);
    let alarms = 0;
    for (let round = 0; round < rounds; round++) {
      const week = (factor: number) =>
        hours(24, (hour) => {
          const busy = 1 + 0.8 * Math.sin((hour / 24) * 2 * Math.PI);
          const n = kpi.kind === 'rate' ? 3_600 : poissonFrom(1_000 * busy, random);
          const level = (kpi.kind === 'rate' ? 200 * busy : 0.02 * n) * (0.7 + 0.6 * random()) * factor;
          return { x: poissonFrom(level, random), n };
        });
      if (compareKpi(kpi, reading(week(harm), week(1)), settings, figures).verdict === 'worse') alarms++;
    }
    return alarms / rounds;
  }

  it.each([
    ['a ratio', ratio],
    ['a rate', rate],
  ])('%s that did not change is called worse in at most 2.5 % of the reports', (_what, kpi) => {
    // 400 reports: at most 2.5 % + three standard errors.
    expect(falseAlarms(kpi, 400, 1)).toBeLessThanOrEqual(0.048);
  });

  it('is of all figures together', () => {
    expect(falseAlarms(ratio, 400, 10)).toBeLessThanOrEqual(0.012);
  });

  it('sees what got worse by half', () => {
    expect(falseAlarms(ratio, 100, 3, 1.5)).toBeGreaterThan(0.95);
    expect(falseAlarms(rate, 100, 3, 0.5)).toBeGreaterThan(0.95);
  });
});
