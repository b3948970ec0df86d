import { indexOf } from '../stats/dispersion.ts';
import { lnE, sumOf } from '../stats/e-process.ts';
import { meanE } from '../stats/mean-test.ts';
import { eOf, type RestartingProcess } from '../stats/restarting.ts';
import {
  type ComparedSetting,
  type JudgedMetric,
  type JudgeSettings,
  slowWeights,
  weightsOf,
} from './settings.ts';
import type { EvidenceState } from './state.ts';

/** Every e-value, computed once a tick. */
export interface EValues extends HarmValues {
  readonly baseline: number;
  readonly belowLimit: number;
  readonly belowRatio: number;
}

/** Evidence of harm: of every metric, of each further figure, and of all of it merged. */
export interface HarmValues extends Readonly<Record<JudgedMetric | 'merged', number>> {
  readonly compared: readonly number[];
  /** Of each gauge, in the order of the settings: evidence that it is worse than tolerated. */
  readonly gauges: readonly number[];
}

export function eValuesOf(state: EvidenceState, settings: JudgeSettings): EValues {
  const { baselineHarm, health } = state;
  return {
    ...harmOf(state, settings),
    baseline: eOf(baselineHarm),
    belowLimit: sumOf(health.belowLimit),
    belowRatio: sumOf(health.belowRatio),
  };
}

/** Every metric's evidence of harm, and all of it merged (method G). */
export function harmOf(
  { harm, gauges: tests, measuresSlow }: Pick<EvidenceState, 'harm' | 'gauges' | 'measuresSlow'>,
  settings: JudgeSettings,
): HarmValues {
  const { metric, compared: weight, gauge } = weightsOf(settings, measuresSlow !== false);
  const errors = eOf(harm.errors);
  const slow = slowE(harm.slow);
  const absolute = eOf(harm.absolute);
  const tail = eOf(harm.tail);
  const compared = harm.compared === undefined ? none : harm.compared.map(eOf);
  const standard =
    metric.errors * errors + metric.slow * slow + metric.absolute * absolute + metric.tail * tail;
  const counted = compared.reduce((sum, e) => sum + weight * e, standard);
  if (tests === undefined) return { errors, slow, absolute, tail, compared, gauges: none, merged: counted };
  const gauges = tests.map(meanE);
  const rolling = gaugesOf(settings).map(({ rollsBack }) => rollsBack === true);
  const merged = gauges.reduce((sum, e, i) => (rolling[i] ? sum + gauge * e : sum), counted);
  return { errors, slow, absolute, tail, compared, gauges, merged };
}

/** The gauges among the further figures, in the order of their tests. */
export function gaugesOf({ compared = [] }: JudgeSettings): readonly ComparedSetting[] {
  return compared.filter(({ kind }) => kind === 'gauge');
}

const none: readonly number[] = [];

/** Slow requests at every edge, merged. */
function slowE(processes: readonly RestartingProcess[]): number {
  const weights = slowWeights(processes.length);
  let e = 0;
  for (let i = 0; i < processes.length; i++)
    e += (weights[i] as number) * eOf(processes[i] as RestartingProcess);
  return e;
}

/** The numbers behind a verdict, all finite. */
export function valuesOf(
  state: EvidenceState,
  e: EValues,
  cluster: number,
  { compared = [] }: JudgeSettings,
): Readonly<Record<string, number>> {
  const named = (kind: ComparedSetting['kind'], values: readonly number[]): Record<string, number> =>
    Object.fromEntries(
      compared
        .filter((one) => one.kind === kind)
        .map(({ name }, i) => [`ln_e_of_${name}`, lnE(values[i] ?? 1)]),
    );
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
    ...named('events', e.compared),
    ...named('gauge', e.gauges),
    ...(state.measuresSlow === false ? { measures_slow: 0 } : {}),
    ...(state.dispersion.assumed === undefined ? {} : { assumed_cluster: state.dispersion.assumed.size }),
  };
}
