import { indexOf } from '../stats/dispersion.ts';
import { lnE, mergeE, sumOf } from '../stats/e-process.ts';
import { eOf } from '../stats/restarting.ts';
import { type JudgedMetric, judgedMetrics, metricWeights, slowWeights } from './settings.ts';
import type { EvidenceState } from './state.ts';

/** Every e-value, computed once a tick. */
export type EValues = Readonly<
  Record<JudgedMetric | 'merged' | 'baseline' | 'belowLimit' | 'belowRatio', number>
>;

export function eValuesOf({ harm, baselineHarm, health }: EvidenceState): EValues {
  return {
    ...harmOf(harm),
    baseline: eOf(baselineHarm),
    belowLimit: sumOf(health.belowLimit),
    belowRatio: sumOf(health.belowRatio),
  };
}

/** Every metric's evidence of harm, and all of it merged (method G). */
export function harmOf(harm: EvidenceState['harm']): Readonly<Record<JudgedMetric | 'merged', number>> {
  const edges = slowWeights(harm.slow.length);
  const each: Readonly<Record<JudgedMetric, number>> = {
    errors: eOf(harm.errors),
    slow: mergeE(harm.slow.map((process, i) => ({ weight: edges[i] as number, e: eOf(process) }))),
    absolute: eOf(harm.absolute),
    tail: eOf(harm.tail),
  };
  const merged = mergeE(judgedMetrics.map((metric) => ({ weight: metricWeights[metric], e: each[metric] })));
  return { ...each, merged };
}

/** The numbers behind a verdict, all finite. */
export function valuesOf(
  state: EvidenceState,
  e: EValues,
  cluster: number,
): Readonly<Record<string, number>> {
  const { canary, baseline } = state.totals;
  const rate = (events: number, requests: number): number => (requests === 0 ? 0 : events / requests);
  return {
    canary_requests: canary.requests,
    canary_errors: canary.errors,
    canary_error_rate: rate(canary.errors, canary.requests),
    canary_slow_rate: rate(canary.slow[0] ?? 0, canary.requests),
    baseline_requests: baseline.requests,
    baseline_errors: baseline.errors,
    baseline_error_rate: rate(baseline.errors, baseline.requests),
    baseline_slow_rate: rate(baseline.slow[0] ?? 0, baseline.requests),
    dispersion: indexOf(state.dispersion),
    cluster,
    ln_e_merged: lnE(e.merged),
    ln_e_errors: lnE(e.errors),
    ln_e_slow: lnE(e.slow),
    ln_e_absolute: lnE(e.absolute),
    ln_e_tail: lnE(e.tail),
    ln_e_baseline: lnE(e.baseline),
    ln_e_below_limit: lnE(e.belowLimit),
    ln_e_below_ratio: lnE(e.belowRatio),
  };
}
