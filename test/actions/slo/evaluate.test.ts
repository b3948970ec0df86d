import { describe, expect, it } from 'vitest';
import type { SloFacts } from '../../../actions/slo/collect.ts';
import { ownToSlo } from '../../../actions/slo/documents/own.ts';
import { evaluateSlo } from '../../../actions/slo/evaluate.ts';
import type { Reading, WindowCount } from '../../../actions/slo/model.ts';
import { sloOptionsSchema } from '../../../actions/slo/options.ts';
import { windowsOf } from '../../../actions/slo/period.ts';
import { goldenPathsFileSchema } from '../../../actions/slo/probes/golden-paths.ts';

const now = Date.parse('2026-05-04T12:00:00Z');

/** Facts of some objectives, each with the same share of bad events in every window, and of one probe. */
function facts(
  names: readonly string[],
  { bad = 0, perSecond = 10, status }: { bad?: number; perSecond?: number; status?: number } = {},
): SloFacts {
  const objectives = sloOptionsSchema.parse({ objectives: names.map((name) => ({ name, target: 0.99 })) });
  const slos = objectives.objectives.map(ownToSlo);
  const periodMs = 30 * 86_400_000;
  const windows = windowsOf({ windowMs: periodMs, lengthMs: periodMs, calendar: null }).map(
    (windowMs): WindowCount => {
      const total = (windowMs / 1_000) * perSecond;
      return { windowMs, bad: total * bad, total };
    },
  );
  const reading: Reading = {
    ...{ state: 'measured', newestAt: now, counted: true, extent: 'history' },
    ...{ windows, timeline: [] },
  };
  const [probe] = goldenPathsFileSchema.parse({ paths: [{ name: 'order', path: '/' }] }).paths;
  const record = probe && {
    ...{
      probe,
      at: now,
      origin: 'http://shop',
      tls: { expected: undefined, seen: { state: 'none' } as const },
    },
    attempts: [
      {
        status: status ?? 200,
        latencyMs: 5,
        problems: status === 503 ? ['status 503'] : [],
        unreachable: false,
      },
    ],
  };
  return {
    ...{ slos, problems: [], at: now, source: 'recorded' },
    readings: Object.fromEntries(names.map((name) => [name, reading])),
    probes:
      status === undefined || record === undefined
        ? { state: 'none' }
        : { state: 'performed', file: 'golden_paths.yaml', records: [record] },
  };
}

const evaluate = (of: SloFacts, options: Record<string, unknown> = {}) =>
  evaluateSlo(sloOptionsSchema.parse(options), of);

describe('golden paths and metrics held against each other', () => {
  it.each([
    ['a path fails and no bad event is counted', { status: 503 }, ['failure-unseen-by-metrics']],
    ['a path fails and bad events are counted', { status: 503, bad: 0.001 }, []],
    [
      'a path answers and nothing is counted at all',
      { status: 200, perSecond: 0 },
      ['traffic-unseen-by-metrics'],
    ],
    ['a path answers and is counted', { status: 200 }, []],
  ])('%s', (_what, seen, codes) => {
    const { findings } = evaluate(facts(['shop'], seen));
    expect(findings.map(({ code }) => code).filter((code) => code.endsWith('-by-metrics'))).toEqual(codes);
  });
});

describe('the pictures of objectives', () => {
  it('have a name each, whatever the objectives are called', () => {
    const names = ['Shop', 'shop', 'shop/1', 'shop-1', '可用性', '…', '../etc', 'x'.repeat(100), '-'];
    const { evidence } = evaluate(facts(names));
    const paths = evidence.map(({ path }) => path);
    expect(paths).toHaveLength(1 + 2 * names.length);
    expect(new Set(paths).size).toBe(paths.length);
    for (const path of paths) expect(path).toMatch(/^slo\/[\w.-]+$/);
  });
});

describe('the price of the planned rollout', () => {
  it('is a share of the budget of the period', () => {
    const rollout = {
      steps: [
        { weight: 10, for: '1d' },
        { weight: 100, for: '3h' },
      ],
      bad_ratio: 0.05,
    };
    const { measurements } = evaluate(facts(['shop']), { rollout });
    const [objective] = measurements.objectives as { rollout_spend: number }[];
    // (0.1 · 24 h + 1 · 3 h) · 5 % of 30 d · 1 %.
    expect(objective?.rollout_spend).toBeCloseTo((5.4 * 0.05) / (720 * 0.01), 6);
  });
});
