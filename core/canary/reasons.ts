import { type EValues, gaugesOf } from './e-values.ts';
import type { ComparedSetting, JudgedMetric, JudgeSettings } from './settings.ts';
import type { EvidenceState } from './state.ts';
import { tailEdge } from './tail.ts';

/** Codes of the judge's reasons: all of them follow from the counts. */
export const canaryReasons = [
  'ERRORS_ABOVE_BASELINE',
  'SLOWER_THAN_BASELINE',
  'ERROR_RATE_ABOVE_LIMIT',
  'P95_ABOVE_LIMIT',
  'WORSE_THAN_BASELINE',
  'FIGURE_BEYOND_LIMIT',
  'BASELINE_UNHEALTHY',
  'NO_CANARY_DATA',
  'NO_BASELINE_DATA',
  'READING_FAILED',
  'STALE_READING',
  'WARMING_UP',
  'TOO_FEW_REQUESTS',
  'HEALTH_NOT_SHOWN',
  'DEADLINE_PASSED',
  'HEALTHY',
] as const;
export type CanaryReason = (typeof canaryReasons)[number];

/** What can be wrong with a tick itself. */
export type TickNote = Extract<CanaryReason, 'READING_FAILED' | 'STALE_READING' | 'WARMING_UP'>;

/** Why the judge says what it says, for people and for programs. */
export interface Reason {
  readonly code: CanaryReason;
  readonly message: string;
}

type Values = Readonly<Record<string, number>>;

export function harmReason(
  metric: JudgedMetric,
  state: EvidenceState,
  settings: JudgeSettings,
  values: Values,
): Reason {
  const { totals } = state;
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
    case 'tail': {
      const edge = settings.slowEdges[tailEdge(state, settings) ?? -1];
      const bound = edge === undefined ? '' : ` (over ${edge} s)`;
      return {
        code: 'P95_ABOVE_LIMIT',
        message: `the canary's p95 is more than ${settings.maxSlowdown} × the baseline's${bound}`,
      };
    }
  }
}

export function comparedReason({ name, kind, worse, tolerated, limit }: ComparedSetting): Reason {
  if (limit !== undefined) {
    const way = worse === 'higher' ? 'above' : 'below';
    return { code: 'FIGURE_BEYOND_LIMIT', message: `${name} is ${way} its limit of ${limit}` };
  }
  const bound = kind === 'gauge' ? `difference ${tolerated}` : `ratio ${tolerated}`;
  return {
    code: 'WORSE_THAN_BASELINE',
    message: `${name} is ${worse} than the baseline's; tolerated ${bound}`,
  };
}

export function missingData(state: EvidenceState, at: number, settings: JudgeSettings): Reason | null {
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

/** What still has to be shown before this step is ready: no alarm is not health (method H). */
export function openQuestions(
  state: EvidenceState,
  e: EValues,
  settings: JudgeSettings,
  values: Values,
): readonly Reason[] {
  const { totals, health } = state;
  const shown = 1 / settings.beta;
  const open: Reason[] = [];
  if (totals.canary.requests < settings.minRequests) {
    const message = `${totals.canary.requests} of at least ${settings.minRequests} canary requests`;
    open.push({ code: 'TOO_FEW_REQUESTS', message });
  }
  if (state.baselineExpected && totals.baseline.requests === 0) {
    const message = 'nothing to compare with: no baseline requests in this step';
    open.push({ code: 'NO_BASELINE_DATA', message });
  }
  if (e.belowLimit < shown) {
    const message = `not yet shown that the error rate (now ${percent(values.canary_error_rate ?? 0)}) is below ${percent(settings.maxErrorRate)}`;
    open.push({ code: 'HEALTH_NOT_SHOWN', message });
  }
  if (health.information >= 2 * Math.log(shown) && e.belowRatio < shown) {
    const message = `not yet shown that errors stay below ${2 * settings.toleratedRatio} × the baseline's`;
    open.push({ code: 'HEALTH_NOT_SHOWN', message });
  }
  return [...open, ...worseGauges(e, settings)];
}

/** Whatever is asked of it besides, a gauge that is clearly worse holds the promotion up. */
function worseGauges({ gauges }: EValues, settings: JudgeSettings): readonly Reason[] {
  return gaugesOf(settings)
    .filter((_one, i) => (gauges[i] ?? 0) >= 1 / settings.alpha)
    .map(comparedReason);
}

export const noteText: Readonly<Record<TickNote, string>> = {
  READING_FAILED: 'the metrics could not be read',
  STALE_READING: 'the reading is not newer than the last one',
  WARMING_UP: 'requests of the warm-up are not judged',
};

/** Ratio → percent with at most two decimals. */
export function percent(ratio: number): string {
  return `${Number((ratio * 100).toFixed(2))} %`;
}
