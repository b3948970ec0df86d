import { describe, expect, it } from 'vitest';
import { harmOf } from '../../../core/canary/e-values.ts';
import { addHarmOnly } from '../../../core/canary/evidence.ts';
import { type JudgeSettings, judgedMetrics, weightsOf } from '../../../core/canary/settings.ts';
import { evidenceOf, openJudge, openStep } from '../../../core/canary/state.ts';
import { settings } from './simulate.ts';

const edges = (...slowEdges: number[]): JudgeSettings => ({ ...settings, slowEdges });
const figure = { name: 'orders', kind: 'events', worse: 'lower', tolerated: 1.5 } as const;
const sumOf = (given: JudgeSettings, measuresSlow: boolean): number => {
  const { metric, compared, gauge } = weightsOf(given, measuresSlow);
  const standard = judgedMetrics.reduce((sum, name) => sum + metric[name], 0);
  const counts = (given.compared ?? []).filter(({ kind }) => kind === 'events').length;
  return standard + compared * counts + gauge * given.steps * ((given.compared ?? []).length - counts);
};
const tick = (requests: number, errors: number, slow: number | null) => ({ requests, errors, slow: [slow] });

describe('the weights of the metrics', () => {
  it.each([
    ['two edges', edges(0.25, 0.5), true],
    ['one edge', edges(0.25), true],
    ['no measure of slowness', edges(0.25, 0.5), false],
    ['further figures', { ...edges(0.25), compared: [figure] }, true],
    [
      'a gauge that rolls back',
      { ...edges(0.25), compared: [figure, { ...figure, kind: 'gauge', rollsBack: true }] },
      false,
    ],
  ] satisfies [string, JudgeSettings, boolean][])('sum up to 1 with %s', (_name, given, measuresSlow) => {
    expect(sumOf(given, measuresSlow)).toBeCloseTo(1, 12);
  });

  it('of what cannot speak go to what can, but for a part of what may come later', () => {
    expect(weightsOf(edges(0.25), true).metric.slow).toBeCloseTo(0.42, 12);
    const unmeasured = weightsOf(edges(0.25, 0.5), false).metric;
    expect(unmeasured.errors).toBeCloseTo(0.931, 12);
    expect(unmeasured.slow).toBeCloseTo(0.039, 12);
    expect(weightsOf(edges(0.25, 0.5), true).metric.errors).toBe(0.55);
  });

  it('are fixed by the first requests, for the whole release', () => {
    const opened = evidenceOf(openJudge(1, 0, true, settings));
    const idle = addHarmOnly(opened, tick(0, 0, null), tick(10, 0, null), settings);
    expect(idle.measuresSlow).toBeUndefined();
    const first = addHarmOnly(idle, tick(10, 0, null), tick(90, 1, 3), settings);
    expect(first.measuresSlow).toBe(false);
    const later = addHarmOnly(first, tick(10, 0, 1), tick(90, 1, 3), settings);
    expect(later.measuresSlow).toBe(false);
    const next = openStep({ ...openJudge(1, 0, true, settings), ...later }, 2, 1, true, settings);
    expect(next.measuresSlow).toBe(false);
    expect(addHarmOnly(opened, tick(10, 0, 0), tick(90, 1, 3), settings).measuresSlow).toBe(true);
  });

  it('let errors alone decide sooner where slowness is not measured', () => {
    const mergedWith = (slow: number | null): number => {
      const opened = evidenceOf(openJudge(1, 0, true, settings));
      return harmOf(addHarmOnly(opened, tick(100, 20, slow), tick(900, 20, slow), settings), settings).merged;
    };
    expect(mergedWith(null) / mergedWith(0)).toBeGreaterThan(1.5);
  });

  it('are those of before in a record from before', () => {
    const { method: _method, ...before } = settings;
    const opened = evidenceOf(openJudge(1, 0, true, before));
    expect(addHarmOnly(opened, tick(10, 0, null), tick(90, 1, null), before).measuresSlow).toBeUndefined();
    expect(weightsOf(before, false)).toEqual(weightsOf(before, true));
  });
});
