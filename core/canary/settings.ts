import type { ReleaseConfig } from '../config/schema.ts';

/** What the judge is told up front. Nothing here may change while a release is judged: the bound on α needs that. */
export interface JudgeSettings {
  /** Bound on the probability of a false rollback in the whole release, ratio. */
  readonly alpha: number;
  /** Bound on the probability that one step calls a canary healthy whose error rate is at the limit, ratio. */
  readonly beta: number;
  /** Canary/baseline ratio of errors, and of slow requests, that is still acceptable. */
  readonly toleratedRatio: number;
  /** Absolute limit of the error rate, ratio 0–1. */
  readonly maxErrorRate: number;
  /** How many times the baseline's p95 the canary's p95 may be. */
  readonly maxSlowdown: number;
  /** Bucket edges, s: a request is slow at an edge when it took longer. The first one is the main one. */
  readonly slowEdges: readonly number[];
  /** Events come in clusters of up to this many in one arm (retries); 1: they are independent. */
  readonly cluster: number;
  readonly minRequests: number;
  /** ms */
  readonly noDataAfter: number;
  /** ms after the beginning of a step whose requests are not judged. */
  readonly warmUp: number;
  /** ms after the beginning of a step within which it has to show its health. */
  readonly deadline: number;
  /** How many steps there are: each gets its share of the evidence's capital. */
  readonly steps: number;
  /** Further figures that are compared; absent: none. */
  readonly compared?: readonly ComparedSetting[];
}

/** One further figure. `tolerated`: ratio of events, difference of gauges. */
export interface ComparedSetting {
  readonly name: string;
  readonly kind: 'events' | 'gauge';
  readonly worse: 'higher' | 'lower';
  readonly tolerated: number;
}

export function judgeSettings(
  canary: ReleaseConfig['canary'],
  metrics: Pick<ReleaseConfig['metrics'], 'slow_over' | 'slow_also' | 'compare'>,
): JudgeSettings {
  const compared = metrics.compare.map(({ name, gauge, worse, tolerated }): ComparedSetting => {
    if (gauge !== undefined) return { name, kind: 'gauge', worse, tolerated: tolerated ?? 0 };
    return { name, kind: 'events', worse, tolerated: Math.max(1, tolerated ?? canary.tolerated_ratio) };
  });
  return {
    alpha: canary.alpha,
    beta: 0.01,
    toleratedRatio: canary.tolerated_ratio,
    maxErrorRate: canary.max_error_rate,
    maxSlowdown: canary.max_slowdown,
    slowEdges: [metrics.slow_over, ...metrics.slow_also],
    cluster: canary.error_cluster,
    minRequests: canary.min_requests,
    noDataAfter: canary.no_data_after,
    warmUp: canary.warm_up,
    deadline: canary.deadline,
    steps: canary.steps.length,
    ...(compared.length === 0 ? {} : { compared }),
  };
}

/** Settings of one step of a release; 0 is the stage, which is judged by itself. */
export function settingsAt(
  { canary, metrics }: Pick<ReleaseConfig, 'canary' | 'metrics'>,
  step: number,
): JudgeSettings {
  const settings = judgeSettings(canary, metrics);
  return step === 0 ? { ...settings, steps: 1 } : settings;
}

/**
 * Fixed weights of the metrics (method G); their sum is 1. The absolute ones need little: where they
 * speak at all, they speak loudly.
 */
export const metricWeights = { errors: 0.55, slow: 0.39, absolute: 0.03, tail: 0.03 } as const;
export type JudgedMetric = keyof typeof metricWeights;
export const judgedMetrics = ['errors', 'slow', 'absolute', 'tail'] as const satisfies JudgedMetric[];

/** Part of the whole that further counts share, when there are any. */
const comparedShare = 0.1;

interface Weights {
  readonly metric: Readonly<Record<JudgedMetric, number>>;
  readonly compared: number;
}

const usualWeights: Weights = { metric: metricWeights, compared: 0 };

/** Weights of one release: of the metrics that every one has, and of each further count. Their sum is 1. */
export function weightsOf({ compared }: JudgeSettings): Weights {
  if (compared === undefined) return usualWeights;
  const counts = compared.filter(({ kind }) => kind === 'events').length;
  if (counts === 0) return usualWeights;
  const rest = 1 - comparedShare;
  const { errors, slow, absolute, tail } = metricWeights;
  return {
    metric: { errors: rest * errors, slow: rest * slow, absolute: rest * absolute, tail: rest * tail },
    compared: comparedShare / counts,
  };
}

const onlyEdge: readonly number[] = [1];

/** Weights of the slow edges within their metric: the main edge has half, the others share the rest. */
export function slowWeights(edges: number): readonly number[] {
  if (edges <= 1) return onlyEdge;
  return Array.from({ length: edges }, (_, i) => (i === 0 ? 0.5 : 0.5 / (edges - 1)));
}

/** Share of requests that are slower than p95, by definition. */
export const tailShare = 0.05;
