import { lnGamma } from './special.ts';

/** What one arm had in one interval. */
export interface IntervalCounts {
  readonly requests: number;
  readonly events: number;
}

/** `X²` above this counts as this much where it is decided whether there are clusters: the edges of a burst are few. */
const cap = 4;
/** Winsorised index above which events come in clusters, and by how many standard deviations. */
const clearIndex = 1.6;
const clearDeviations = 4;
/** Share of the largest `X²` that is left out where the size is estimated, and what that leaves of χ² with one degree. */
const trimmed = 0.1;
const leftOfMean = 0.623;
const reserve = 1.5;
const largestCluster = 20;
const mostEvents = 500;

/**
 * How large the clusters are in which events come (retries, one bad user), from the history of one arm; 1: they come one
 * by one, or too few to tell.
 *
 * The events of two neighbouring intervals are split between them as independent events would be, whatever the rate is
 * (day and night cancel): Pearson's `X²` of that split has the mean 1, for clusters of size C it is `E[C²]/E[C]`. Each
 * interval is used once. `X²` is capped against its own exact expectation, so that the edges of bursts, in which the
 * rate itself jumps, do not pass for clusters.
 */
export function learnCluster(history: readonly IntervalCounts[]): number {
  const squares: number[] = [];
  let capped = 0;
  let expected = 0;
  let variance = 0;
  for (let i = 0; i + 1 < history.length; i += 2) {
    const [a, b] = [history[i] as IntervalCounts, history[i + 1] as IntervalCounts];
    const events = a.events + b.events;
    const share = a.requests / (a.requests + b.requests);
    if (!(events >= 1) || !(share > 0) || !(share < 1)) continue;
    const square = squareOf(a.events, events, share);
    const null_ = cappedMoments(Math.min(mostEvents, Math.round(events)), share);
    squares.push(square);
    capped += Math.min(cap, square);
    expected += null_.mean;
    variance += null_.variance;
  }
  const isClear = capped > clearIndex * expected && capped - expected > clearDeviations * Math.sqrt(variance);
  return isClear ? Math.min(largestCluster, Math.max(1, reserve * trimmedIndex(squares))) : 1;
}

function squareOf(inFirst: number, events: number, share: number): number {
  return (inFirst - events * share) ** 2 / (events * share * (1 - share));
}

/** The index of dispersion without its largest terms. */
function trimmedIndex(squares: readonly number[]): number {
  const kept = squares.toSorted((a, b) => a - b).slice(0, Math.ceil(squares.length * (1 - trimmed)));
  return kept.reduce((sum, square) => sum + square, 0) / kept.length / leftOfMean;
}

/** Mean and variance of the capped `X²` when `events` independent events are split with probability `share`. */
function cappedMoments(events: number, share: number): { readonly mean: number; readonly variance: number } {
  let mean = 0;
  let second = 0;
  for (let k = 0; k <= events; k++) {
    const ways = lnGamma(events + 1) - lnGamma(k + 1) - lnGamma(events - k + 1);
    const probability = Math.exp(ways + k * Math.log(share) + (events - k) * Math.log(1 - share));
    const square = Math.min(cap, squareOf(k, events, share));
    mean += probability * square;
    second += probability * square ** 2;
  }
  return { mean, variance: second - mean ** 2 };
}
