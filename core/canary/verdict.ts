import { clusterOf } from '../stats/dispersion.ts';
import { lnE } from '../stats/e-process.ts';
import { type EValues, eValuesOf, gaugesOf, valuesOf } from './e-values.ts';
import {
  comparedReason,
  harmReason,
  missingData,
  noteText,
  openQuestions,
  percent,
  type Reason,
  type TickNote,
} from './reasons.ts';
import {
  type ComparedSetting,
  type JudgedMetric,
  type JudgeSettings,
  judgedMetrics,
  weightsOf,
} from './settings.ts';
import type { EvidenceState } from './state.ts';

/**
 * `continue`: go on measuring, nothing is decided. `ready`: this step has earned its promotion. `rollback`: the
 * version does harm. `wait`: stop and tell somebody, going back would not help. `no-data`: stop, nobody knows.
 * `inconclusive`: the deadline has passed and health was not shown; the configuration decides.
 */
export type CanaryVerdict = 'continue' | 'rollback' | 'ready' | 'wait' | 'no-data' | 'inconclusive';

export interface Judgement {
  readonly verdict: CanaryVerdict;
  readonly reasons: readonly Reason[];
  /** Numbers behind the verdict. `ln_e_*` are logarithms of e-values, rates are ratios 0–1. */
  readonly values: Readonly<Record<string, number>>;
}

/** Evidence that is enough to doubt the baseline: the consequence is only that a person decides. */
const baselineDoubt = 20;

/** What the evidence says at time `at`. `note` names what was wrong with the tick itself. */
export function conclude(
  state: EvidenceState,
  at: number,
  settings: JudgeSettings,
  note: TickNote | null,
): Judgement {
  const e = eValuesOf(state, settings);
  const cluster = clusterOf(state.dispersion, settings.cluster, settings.method !== undefined);
  const values = valuesOf(state, e, cluster, settings);
  const alarm = alarmOf(state, e, settings, values);
  if (alarm !== null) return { ...alarm, values };
  const missing = missingData(state, at, settings);
  const doubts =
    missing !== null
      ? [missing]
      : note === null
        ? openQuestions(state, e, settings, values)
        : [{ code: note, message: noteText[note] }];
  if (doubts.length === 0) {
    const message = `error rate ${percent(values.canary_error_rate ?? 0)} of ${state.totals.canary.requests} requests, shown to be below ${percent(settings.maxErrorRate)}`;
    return { verdict: 'ready', reasons: [{ code: 'HEALTHY', message }], values };
  }
  if (at - state.since < settings.deadline) {
    return { verdict: missing === null ? 'continue' : 'no-data', reasons: doubts, values };
  }
  const message = `health was not shown within ${Math.round(settings.deadline / 1_000)} s`;
  return { verdict: 'inconclusive', reasons: [{ code: 'DEADLINE_PASSED', message }, ...doubts], values };
}

/** Roll back iff `Σ w_j·E_j ≥ 1/α` (method G); the culprits are named by their own share of the evidence. */
function alarmOf(
  state: EvidenceState,
  e: EValues,
  settings: JudgeSettings,
  values: Judgement['values'],
): Pick<Judgement, 'verdict' | 'reasons'> | null {
  const threshold = 1 / settings.alpha;
  if (e.merged < threshold) return null;
  const suspects = suspectsOf(state, e, settings);
  const alone = suspects.filter(({ strength }) => strength >= threshold);
  const strongest = suspects.toSorted((a, b) => b.strength - a.strength).slice(0, 1);
  const culprits = alone.length > 0 ? alone : strongest;
  const reasons = culprits.map(({ metric }) =>
    typeof metric === 'string' ? harmReason(metric, state, settings, values) : comparedReason(metric),
  );
  const comparative = culprits.some(({ metric }) => metric !== 'absolute');
  if (!comparative && e.baseline >= baselineDoubt) {
    const message = `the baseline fails too (${percent(values.baseline_error_rate ?? 0)} errors): going back would not help`;
    return { verdict: 'wait', reasons: [{ code: 'BASELINE_UNHEALTHY', message }, ...reasons] };
  }
  return { verdict: 'rollback', reasons };
}

interface Suspect {
  readonly metric: JudgedMetric | ComparedSetting;
  /** Its share of the merged evidence. */
  readonly strength: number;
}

function suspectsOf(
  { measuresSlow }: EvidenceState,
  e: EValues,
  settings: JudgeSettings,
): readonly Suspect[] {
  const weights = weightsOf(settings, measuresSlow !== false);
  const counts = (settings.compared ?? []).filter(({ kind }) => kind === 'events');
  return [
    ...judgedMetrics.map((metric) => ({ metric, strength: weights.metric[metric] * e[metric] })),
    ...counts.map((metric, i) => ({ metric, strength: weights.compared * (e.compared[i] ?? 0) })),
    ...gaugesOf(settings).map((metric, i) => ({
      metric,
      strength: metric.rollsBack === true ? weights.gauge * (e.gauges[i] ?? 0) : 0,
    })),
  ];
}

/** `ln(1/α)`, where the merged evidence rolls back. */
export function rollbackLine(settings: JudgeSettings): number {
  return lnE(1 / settings.alpha);
}
