import type { ReleaseConfig } from '../config/schema.ts';

/** What the judge is told up front. Nothing here may change while a release is judged: the bound on α needs that. */
export interface JudgeSettings {
  /** Bound on the probability of a false rollback in the whole release, ratio. */
  readonly alpha: number;
  /** Bound on the probability that one step calls a canary healthy whose error rate is at the limit, ratio. */
  readonly beta: number;
  readonly toleratedRatio: number;
  /** Absolute limit of the error rate, ratio 0–1. */
  readonly maxErrorRate: number;
  readonly minRequests: number;
  /** ms */
  readonly noDataAfter: number;
  /** ms after the beginning of a step whose requests are not judged. */
  readonly warmUp: number;
  /** How many steps there are: each gets its share of the evidence's capital. */
  readonly steps: number;
}

export function judgeSettings(canary: ReleaseConfig['canary']): JudgeSettings {
  return {
    alpha: canary.alpha,
    beta: 0.01,
    toleratedRatio: canary.tolerated_ratio,
    maxErrorRate: canary.max_error_rate,
    minRequests: canary.min_requests,
    noDataAfter: canary.no_data_after,
    warmUp: canary.warm_up,
    steps: canary.steps.length,
  };
}

/** Fixed weights of the metrics (CANARY method G); their sum is 1. */
export const metricWeights = { errors: 0.5, slow: 0.2, absolute: 0.3 } as const;
export type JudgedMetric = keyof typeof metricWeights;

export const gridSize = 40;
/** Largest error ratio that has a grid point of its own. */
export const largestRatio = 20;
