import {
  addPair,
  type IntervalCounts,
  noPairs,
  type PairSums,
  showsIndependence,
} from './cluster-history.ts';

/**
 * Do events come one by one, or in clusters (retries, one bad user)? Index of dispersion of the *split* of each
 * tick's events between two arms: Pearson's `X² = (e_c − n·p)² / (n·p·(1−p))`, whose mean is 1 for independent
 * events and `E[C²]/E[C]` for clusters of size C (McCullagh & Nelder, Generalized Linear Models, 4.5). Given the
 * split, whatever moves both arms alike (day and night, bursts) does not count as clustering.
 */
export interface Dispersion {
  readonly ticks: number;
  /** Σ X² */
  readonly sum: number;
  /** Σ Var(X²) if events were independent. */
  readonly variance: number;
  /** Mantel and Haenszel's sums `Σ e_c·(1−w)` and `Σ e_b·w`, whose quotient is the ratio; older ticks fade. */
  readonly canary: number;
  readonly baseline: number;
  /** Cluster size that the baseline's history showed before the canary began; 1: none. */
  readonly learned: number;
  /** Present while nothing is known: what is assumed then. */
  readonly assumed?: AssumedCluster;
}

/** A cluster size that counts until the arm that carries the traffic shows that its events come one by one. */
export interface AssumedCluster {
  readonly size: number;
  readonly pairs: PairSums;
  /** The newest interval without a partner. */
  readonly odd: IntervalCounts | null;
}

export function assumeCluster(size: number): AssumedCluster {
  return { size, pairs: noPairs, odd: null };
}

export const noDispersion: Dispersion = {
  ticks: 0,
  sum: 0,
  variance: 0,
  canary: 0,
  baseline: 0,
  learned: 1,
};

/** How strongly the ratio that is estimated on the way is held at 1 at first, events. */
const anchor = 2;
/** What a tick counts one tick later in the estimate of the ratio: about twenty ticks make it. */
const fading = 0.95;
const fewestTicks = 20;
const largestCluster = 20;
/** An index of dispersion of 3.7 already means clusters of up to 5. */
const reserve = 1.5;

/** Takes in one tick's split. The ratio is estimated from earlier ticks alone: a lasting regression is no cluster. */
export function addSplit(
  state: Dispersion,
  canaryEvents: number,
  baselineEvents: number,
  share: number,
): Dispersion {
  const events = canaryEvents + baselineEvents;
  if (!(events > 0) || !(share > 0) || !(share < 1)) return state;
  const ratio = (state.canary + anchor) / (state.baseline + anchor);
  const p = (share * ratio) / (1 - share + share * ratio);
  const spread = events * p * (1 - p);
  return {
    ...state,
    ticks: state.ticks + 1,
    sum: state.sum + (canaryEvents - events * p) ** 2 / spread,
    variance: state.variance + Math.max(0, 2 + (1 - 6 * p * (1 - p)) / spread - 2 / events),
    canary: fading * state.canary + canaryEvents * (1 - share),
    baseline: fading * state.baseline + baselineEvents * share,
  };
}

/** Takes in one tick of the baseline alone; once it has shown independence nothing needs to be assumed any more. */
export function addBaseline(state: Dispersion, tick: IntervalCounts): Dispersion {
  if (state.assumed === undefined || !(tick.requests > 0)) return state;
  const { size, pairs, odd } = state.assumed;
  if (odd === null) return { ...state, assumed: { size, pairs, odd: tick } };
  const sums = addPair(pairs, odd, tick);
  if (!showsIndependence(sums)) return { ...state, assumed: { size, pairs: sums, odd: null } };
  const { assumed: _assumed, ...known } = state;
  return known;
}

/** The index of dispersion; 1 without ticks. */
export function indexOf({ ticks, sum }: Dispersion): number {
  return ticks === 0 ? 1 : sum / ticks;
}

/** Cluster size to judge harm in the *next* tick with: what is known, and what has to be assumed as long as nothing is. */
export function clusterOf(state: Dispersion, declared: number, trusts = false): number {
  return Math.max(knownCluster(state, declared, trusts), state.assumed?.size ?? 1);
}

/**
 * The declared size, else what the history showed, or more when the ticks so far show clusters beyond five standard
 * errors. Half is added, because an index of 3.7 already means clusters of up to 5.
 *
 * `trusts`: an index that clusters of the known size can give raises nothing (`E[C²]/E[C] ≤ φ` for sizes up to φ).
 */
export function knownCluster(state: Dispersion, declared: number, trusts = false): number {
  const { ticks, variance, learned } = state;
  const known = declared > 1 ? declared : learned;
  if (ticks < fewestTicks) return known;
  const index = indexOf(state);
  if (index <= 1 + (5 * Math.sqrt(variance)) / ticks || (trusts && index <= known)) return known;
  return Math.max(known, Math.min(largestCluster, reserve * index));
}
