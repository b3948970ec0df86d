import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../../../sandbox/load/histogram.ts';
import { merge } from '../../../sandbox/platform/federate.ts';
import { WeightedPicker, weightProblem } from '../../../sandbox/platform/weights.ts';
import fc from '../../support/fast-check.ts';

function share(picker: WeightedPicker, picks: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let index = 0; index < picks; index++) {
    const version = picker.pick() ?? 'none';
    counts[version] = (counts[version] ?? 0) + 1;
  }
  return counts;
}

describe('weighted picks', () => {
  it.each([
    [
      { a: 90, b: 10 },
      { a: 9_000, b: 1_000 },
    ],
    [
      { a: 50, b: 50 },
      { a: 5_000, b: 5_000 },
    ],
    [{ a: 100, b: 0 }, { a: 10_000 }],
    [
      { a: 33, b: 33, c: 34 },
      { a: 3_300, b: 3_300, c: 3_400 },
    ],
    [{}, { none: 10_000 }],
  ])('%o are exact over 10,000', (weights, expected) => {
    expect(share(new WeightedPicker(weights), 10_000)).toEqual(expected);
  });

  it('are exact over every 100, for all weights', () => {
    const weights = fc.integer({ min: 0, max: 100 }).map((a) => ({ a, b: 100 - a }));
    fc.assert(
      fc.property(weights, ({ a, b }) => {
        const counts = share(new WeightedPicker({ a, b }), 100);
        return (counts.a ?? 0) === a && (counts.b ?? 0) === b;
      }),
    );
  });

  it('are spread: at 10 % no two neighbours go to the small one', () => {
    const picker = new WeightedPicker({ a: 90, b: 10 });
    const picks = Array.from({ length: 1_000 }, () => picker.pick()).join('');
    expect(picks).not.toContain('bb');
    expect(picks).not.toContain('a'.repeat(20));
  });

  it.each([
    [{ a: 100 }, null],
    [{ a: 90, b: 10 }, null],
    [{ a: 90 }, 'sum to 90'],
    [{ a: 90, c: 10 }, '"c" does not run here'],
    [{ a: 99.5, b: 0.5 }, 'whole number'],
    [{ a: 110, b: -10 }, 'whole number'],
    [{}, 'sum to 0'],
  ])('%o: %s', (weights, problem) => {
    const found = weightProblem(weights as Record<string, number>, ['a', 'b']);
    if (problem === null) expect(found).toBeNull();
    else expect(found).toContain(problem);
  });
});

describe('federation', () => {
  it('gives each series the platform’s labels in place of the process’s own, family by family', () => {
    const families = new Map<string, { comments: string[]; samples: string[] }>();
    const text =
      '# TYPE h histogram\nh_bucket{path="/a",version="own",le="1"} 3\nh_sum{path="/a"} 0.5\n# TYPE c counter\nc 1\n';
    merge(families, text, { version: 'v1', instance: 'x' });
    expect(families.get('h')?.samples).toEqual([
      'h_bucket{path="/a",le="1",version="v1",instance="x"} 3',
      'h_sum{path="/a",version="v1",instance="x"} 0.5',
    ]);
    expect(families.get('c')?.samples).toEqual(['c{version="v1",instance="x"} 1']);
  });
});

describe('the latency histogram', () => {
  it('is at most 3 % above the true quantile and never below it', () => {
    const latencies = fc.array(fc.double({ min: 0.01, max: 10_000, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(latencies, fc.double({ min: 0.01, max: 1, noNaN: true }), (values, q) => {
        const histogram = new LatencyHistogram();
        for (const value of values) histogram.add(value);
        const exact = values.toSorted((a, b) => a - b)[Math.ceil(q * values.length - 1e-9) - 1] ?? 0;
        const found = histogram.quantile(q);
        return found >= exact * 0.9999 && found <= exact * 1.0301;
      }),
    );
  });
});
