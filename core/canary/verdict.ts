import { logE, logWeightedSum } from '../stats/e-process.ts';
import { logCapital } from '../stats/restarting.ts';
import { type JudgedMetric, type JudgeSettings, metricWeights } from './settings.ts';
import type { JudgeState } from './state.ts';

/**
 * `continue`: go on measuring, nothing is decided. `ready`: this step has earned its promotion. `rollback`: the
 * version does harm. `wait`: stop and tell somebody, going back would not help. `no-data`: stop, nobody knows.
 */
export type CanaryVerdict = 'continue' | 'rollback' | 'ready' | 'wait' | 'no-data';

export type CanaryReason =
  | 'ERRORS_ABOVE_BASELINE'
  | 'SLOWER_THAN_BASELINE'
  | 'ERROR_RATE_ABOVE_LIMIT'
  | 'BASELINE_UNHEALTHY'
  | 'NO_CANARY_DATA'
  | 'NO_BASELINE_DATA'
  | 'READING_FAILED'
  | 'STALE_READING'
  | 'WARMING_UP'
  | 'TOO_FEW_REQUESTS'
  | 'HEALTH_NOT_SHOWN'
  | 'HEALTHY';

/** What can be wrong with a tick itself. */
export type TickNote = Extract<CanaryReason, 'READING_FAILED' | 'STALE_READING' | 'WARMING_UP'>;

export interface Judgement {
  readonly verdict: CanaryVerdict;
  readonly reasons: readonly { readonly code: CanaryReason; readonly message: string }[];
  /** Numbers behind the verdict. `ln_e_*` are logarithms of e-values, rates are ratios 0–1. */
  readonly values: Readonly<Record<string, number>>;
}

/** Evidence that is enough to doubt the baseline: the consequence is only that a person decides. */
const baselineDoubt = Math.log(20);

/** What the evidence says at time `at`. `note` names what was wrong with the tick itself. */
export function conclude(
  state: JudgeState,
  at: number,
  settings: JudgeSettings,
  note: TickNote | null,
): Judgement {
  const logs = logsOf(state);
  const values = valuesOf(state, logs);
  const alarm = alarmOf(state, logs, settings, values);
  if (alarm !== null) return { ...alarm, values };
  const missing = missingData(state, at, settings);
  if (missing !== null) return { verdict: 'no-data', reasons: [missing], values };
  if (note !== null)
    return { verdict: 'continue', reasons: [{ code: note, message: noteText[note] }], values };
  const open = openQuestions(state, logs, settings, values);
  if (open.length > 0) return { verdict: 'continue', reasons: open, values };
  const message = `error rate ${percent(values.canary_error_rate ?? 0)} of ${state.totals.canary.requests} requests, shown to be below ${percent(settings.maxErrorRate)}`;
  return { verdict: 'ready', reasons: [{ code: 'HEALTHY', message }], values };
}

/** Logarithms of every e-value, computed once a tick. */
type Logs = Readonly<Record<JudgedMetric | 'baseline' | 'belowLimit' | 'belowRatio', number>>;

function logsOf({ harm, baselineHarm, health }: JudgeState): Logs {
  return {
    errors: logCapital(harm.errors),
    slow: logCapital(harm.slow),
    absolute: logCapital(harm.absolute),
    baseline: logCapital(baselineHarm),
    belowLimit: logE(health.belowLimit),
    belowRatio: logE(health.belowRatio),
  };
}

/** Roll back iff `Σ w_j·E_j ≥ 1/α` (CANARY method G); the culprits are named by their own share of the evidence. */
function alarmOf(
  state: JudgeState,
  logs: Logs,
  settings: JudgeSettings,
  values: Judgement['values'],
): Pick<Judgement, 'verdict' | 'reasons'> | null {
  const metrics = ['errors', 'slow', 'absolute'] as const;
  const threshold = Math.log(1 / settings.alpha);
  const merged = logWeightedSum(
    metrics.map((metric) => ({ weight: metricWeights[metric], logE: logs[metric] })),
  );
  if (merged < threshold) return null;
  const strength = (metric: JudgedMetric): number => Math.log(metricWeights[metric]) + logs[metric];
  const alone = metrics.filter((metric) => strength(metric) >= threshold);
  const strongest = metrics.toSorted((a, b) => strength(b) - strength(a)).slice(0, 1);
  const culprits = alone.length > 0 ? alone : strongest;
  const reasons = culprits.map((metric) => harmReason(metric, state, settings, values));
  const comparative = culprits.some((metric) => metric !== 'absolute');
  if (!comparative && logs.baseline >= baselineDoubt) {
    const message = `the baseline fails too (${percent(values.baseline_error_rate ?? 0)} errors): going back would not help`;
    return { verdict: 'wait', reasons: [{ code: 'BASELINE_UNHEALTHY', message }, ...reasons] };
  }
  return { verdict: 'rollback', reasons };
}

function harmReason(
  metric: JudgedMetric,
  { totals }: JudgeState,
  settings: JudgeSettings,
  values: Judgement['values'],
): Judgement['reasons'][number] {
  const canary = percent(values.canary_error_rate ?? 0);
  const counted = `${totals.canary.errors} of ${totals.canary.requests} canary requests`;
  switch (metric) {
    case 'errors':
      return {
        code: 'ERRORS_ABOVE_BASELINE',
        message: `error rate ${canary} (${counted}) against ${percent(values.baseline_error_rate ?? 0)} of the baseline; tolerated ratio ${settings.toleratedRatio}`,
      };
    case 'slow':
      return {
        code: 'SLOWER_THAN_BASELINE',
        message: `slow requests ${percent(values.canary_slow_rate ?? 0)} against ${percent(values.baseline_slow_rate ?? 0)} of the baseline; tolerated ratio ${settings.toleratedRatio}`,
      };
    case 'absolute':
      return {
        code: 'ERROR_RATE_ABOVE_LIMIT',
        message: `error rate ${canary} (${counted}) against the limit of ${percent(settings.maxErrorRate)}`,
      };
  }
}

function missingData(
  state: JudgeState,
  at: number,
  settings: JudgeSettings,
): Judgement['reasons'][number] | null {
  const seconds = (since: number): string => `${Math.round((at - since) / 1000)} s`;
  if (at - state.lastDataAt >= settings.noDataAfter) {
    return {
      code: 'NO_CANARY_DATA',
      message: `no canary requests were seen for ${seconds(state.lastDataAt)}`,
    };
  }
  if (state.baselineExpected && at - state.lastBaselineAt >= settings.noDataAfter) {
    const message = `no baseline requests were seen for ${seconds(state.lastBaselineAt)}`;
    return { code: 'NO_BASELINE_DATA', message };
  }
  return null;
}

/** What still has to be shown before this step is ready: no alarm is not health (CANARY method H). */
function openQuestions(
  state: JudgeState,
  logs: Logs,
  settings: JudgeSettings,
  values: Judgement['values'],
): Judgement['reasons'] {
  const { totals, health } = state;
  const shown = Math.log(1 / settings.beta);
  const open: Judgement['reasons'][number][] = [];
  if (totals.canary.requests < settings.minRequests) {
    const message = `${totals.canary.requests} of at least ${settings.minRequests} canary requests`;
    open.push({ code: 'TOO_FEW_REQUESTS', message });
  }
  if (state.baselineExpected && totals.baseline.requests === 0) {
    open.push({
      code: 'NO_BASELINE_DATA',
      message: 'nothing to compare with: no baseline requests in this step',
    });
  }
  if (logs.belowLimit < shown) {
    const message = `not yet shown that the error rate (now ${percent(values.canary_error_rate ?? 0)}) is below ${percent(settings.maxErrorRate)}`;
    open.push({ code: 'HEALTH_NOT_SHOWN', message });
  }
  if (health.information >= 2 * shown && logs.belowRatio < shown) {
    const message = `not yet shown that errors stay below ${2 * settings.toleratedRatio} × the baseline's`;
    open.push({ code: 'HEALTH_NOT_SHOWN', message });
  }
  return open;
}

function valuesOf(state: JudgeState, logs: Logs): Judgement['values'] {
  const { canary, baseline } = state.totals;
  const rate = (events: number, requests: number): number => (requests === 0 ? 0 : events / requests);
  return {
    canary_requests: canary.requests,
    canary_errors: canary.errors,
    canary_error_rate: rate(canary.errors, canary.requests),
    canary_slow_rate: rate(canary.slow, canary.requests),
    baseline_requests: baseline.requests,
    baseline_errors: baseline.errors,
    baseline_error_rate: rate(baseline.errors, baseline.requests),
    baseline_slow_rate: rate(baseline.slow, baseline.requests),
    ln_e_errors: logs.errors,
    ln_e_slow: logs.slow,
    ln_e_absolute: logs.absolute,
    ln_e_baseline: logs.baseline,
    ln_e_below_limit: logs.belowLimit,
    ln_e_below_ratio: logs.belowRatio,
  };
}

const noteText: Readonly<Record<TickNote, string>> = {
  READING_FAILED: 'the metrics could not be read',
  STALE_READING: 'the reading is not newer than the last one',
  WARMING_UP: 'requests of the warm-up are not judged',
};

/** Ratio → percent with at most two decimals. */
function percent(ratio: number): string {
  return `${Number((ratio * 100).toFixed(2))} %`;
}
