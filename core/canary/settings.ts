import type { ComparedMetric } from '../config/compared-metrics.ts';
import type { ReleaseConfig } from '../config/schema.ts';
import { ladderOf } from '../config/waves.ts';

/** What the judge is told up front. Nothing here may change while a release is judged: the bound on α needs that. */
export interface JudgeSettings {
  /** How evidence is counted; absent: as in records from before there was a second way. */
  readonly method?: 2;
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
  /** Errors come in clusters of up to this many in one arm (retries); 1: they are independent, or nobody said. */
  readonly cluster: number;
  /** What is assumed of clusters until something is known; absent: nothing. */
  readonly assumedCluster?: number;
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

/** Clusters that are assumed where neither the configuration nor a history says anything: an error and its four retries. */
const assumedCluster = 5;

/** One further figure. `tolerated`: ratio of events, difference of gauges. */
export interface ComparedSetting {
  readonly name: string;
  readonly kind: 'events' | 'gauge';
  readonly worse: 'higher' | 'lower';
  readonly tolerated: number;
  /** A gauge that is held against this, and not against the baseline. */
  readonly limit?: number;
  /** A gauge that rolls back; absent: it holds the promotion up. */
  readonly rollsBack?: true;
}

export function judgeSettings(
  canary: ReleaseConfig['canary'],
  metrics: Pick<ReleaseConfig['metrics'], 'slow_over' | 'slow_also' | 'compare'>,
): JudgeSettings {
  const compared = metrics.compare.map((figure): ComparedSetting => {
    const { name, gauge, worse, tolerated } = figure;
    if (gauge !== undefined)
      return { name, kind: 'gauge', worse, tolerated: tolerated ?? 0, ...gaugeRule(figure) };
    return { name, kind: 'events', worse, tolerated: Math.max(1, tolerated ?? canary.tolerated_ratio) };
  });
  return {
    method: 2,
    alpha: canary.alpha,
    beta: 0.01,
    toleratedRatio: canary.tolerated_ratio,
    maxErrorRate: canary.max_error_rate,
    maxSlowdown: canary.max_slowdown,
    slowEdges: [metrics.slow_over, ...metrics.slow_also],
    ...(canary.error_cluster === undefined
      ? { cluster: 1, assumedCluster }
      : { cluster: canary.error_cluster }),
    minRequests: canary.min_requests,
    noDataAfter: canary.no_data_after,
    warmUp: canary.warm_up,
    deadline: canary.deadline,
    steps: canary.steps.length,
    ...(compared.length === 0 ? {} : { compared }),
  };
}

function gaugeRule({
  limit,
  on_worse: onWorse,
}: ComparedMetric): Pick<ComparedSetting, 'limit' | 'rollsBack'> {
  const rollsBack = (onWorse ?? (limit === undefined ? 'hold' : 'rollback')) === 'rollback';
  return { ...(limit === undefined ? {} : { limit }), ...(rollsBack ? { rollsBack } : {}) };
}

/** Settings of one step of a release; 0 is the stage, which is judged by itself and rolls nothing back. */
export function settingsAt(
  config: Parameters<typeof ladderOf>[0] & Pick<ReleaseConfig, 'canary' | 'metrics'>,
  step: number,
): JudgeSettings {
  const settings = { ...judgeSettings(config.canary, config.metrics), steps: ladderOf(config).length };
  if (step > 0) return settings;
  const { assumedCluster: _assumed, ...stage } = settings;
  return { ...stage, steps: 1 };
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

export interface Weights {
  readonly metric: Readonly<Record<JudgedMetric, number>>;
  readonly compared: number;
  /** Of a gauge that rolls back, in one step: its test begins anew with each. */
  readonly gauge: number;
}

/** Part of its weight that a metric keeps which is not measured: it may come later. */
const unmeasuredShare = 0.1;

/**
 * Weights of the metrics. What cannot speak leaves its weight to the others: slow requests and p95 where a release's
 * first readings do not tell how slow requests are, p95 where there is one edge alone. That is known before
 * anything is counted, and does not depend on how slow they are.
 */
function standardWeights({ method, slowEdges }: JudgeSettings, measuresSlow: boolean): Weights['metric'] {
  if (method === undefined) return metricWeights;
  if (measuresSlow && slowEdges.length > 1) return metricWeights;
  const { errors, slow, absolute, tail } = metricWeights;
  if (measuresSlow) return { errors, slow: slow + tail, absolute, tail: 0 };
  const left = unmeasuredShare * slow;
  return { errors: errors + (slow - left) + tail, slow: left, absolute, tail: 0 };
}

/** Does this figure take part in the decision to roll back? */
export function isHarmful({ kind, rollsBack }: ComparedSetting): boolean {
  return kind === 'events' || rollsBack === true;
}

/**
 * Weights of one release: of the metrics that every one has, and of each further figure. Their sum is at most 1.
 * `measuresSlow`: whether its first readings told how slow requests are.
 */
export function weightsOf(settings: JudgeSettings, measuresSlow: boolean): Weights {
  const known = cache.get(settings);
  if (known !== undefined) return measuresSlow ? known.measured : known.unmeasured;
  const both = { measured: makeWeights(settings, true), unmeasured: makeWeights(settings, false) };
  cache.set(settings, both);
  return measuresSlow ? both.measured : both.unmeasured;
}

const cache = new WeakMap<JudgeSettings, { readonly measured: Weights; readonly unmeasured: Weights }>();

function makeWeights(settings: JudgeSettings, measuresSlow: boolean): Weights {
  const metric = standardWeights(settings, measuresSlow);
  const { compared = [], steps } = settings;
  const counts = compared.filter(isHarmful).length;
  if (counts === 0) return { metric, compared: 0, gauge: 0 };
  const rest = 1 - comparedShare;
  const { errors, slow, absolute, tail } = metric;
  return {
    metric: { errors: rest * errors, slow: rest * slow, absolute: rest * absolute, tail: rest * tail },
    compared: comparedShare / counts,
    gauge: comparedShare / counts / steps,
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
