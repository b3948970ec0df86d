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
/**
 * Independence counts as shown when the index is below `clearIndex` by this many standard deviations: from pairs, which are
 * looked at again and again while a canary runs, and from a whole history, which is looked at once.
 */
const pairDeviations = 3.5;
const groupDeviations = 2.5;
/** Expected `X²` of all pairs below which they show nothing. */
const fewestExpected = 20;
/** Events that a group of neighbouring intervals should have for its spread to say something. */
const eventsAGroup = 10;
/** Share of the largest `X²` that is left out where the size is estimated, and what that leaves of χ² with one degree. */
const trimmed = 0.1;
const leftOfMean = 0.623;
const reserve = 1.5;
const largestCluster = 20;
const mostEvents = 500;

/** What pairs of neighbouring intervals say together. Plain JSON: the judge also gathers it while a canary runs. */
export interface PairSums {
  /** Σ of the capped `X²`, and what independent events would make of it. */
  readonly capped: number;
  readonly expected: number;
  readonly variance: number;
}

export const noPairs: PairSums = { capped: 0, expected: 0, variance: 0 };

/**
 * How large the clusters are in which events come (retries, one bad user), from the history of one arm; 1: it is shown that
 * they come one by one; null: nobody can tell.
 *
 * The events of two neighbouring intervals are split between them as independent events would be, whatever the rate is
 * (day and night cancel): Pearson's `X²` of that split has the mean 1, for clusters of size C it is `E[C²]/E[C]`. Each
 * interval is used once. `X²` is capped against its own exact expectation, so that the edges of bursts, in which the
 * rate itself jumps, do not pass for clusters.
 */
export function learnCluster(history: readonly IntervalCounts[]): number | null {
  const squares: number[] = [];
  let sums = noPairs;
  for (let i = 0; i + 1 < history.length; i += 2) {
    const [a, b] = [history[i] as IntervalCounts, history[i + 1] as IntervalCounts];
    const share = shareOf(a, b);
    if (share === null) continue;
    squares.push(squareOf(a.events, a.events + b.events, share));
    sums = addPair(sums, a, b);
  }
  const { capped, expected, variance } = sums;
  const isClear = capped > clearIndex * expected && capped - expected > clearDeviations * Math.sqrt(variance);
  if (isClear) return Math.min(largestCluster, Math.max(1, reserve * trimmedIndex(squares)));
  return showsIndependence(sums) || showsEvenSpread(history) ? 1 : null;
}

/** Takes in two neighbouring intervals; what says nothing about clusters adds nothing. */
export function addPair(sums: PairSums, a: IntervalCounts, b: IntervalCounts): PairSums {
  const share = shareOf(a, b);
  if (share === null) return sums;
  const events = a.events + b.events;
  const null_ = cappedMoments(Math.min(mostEvents, Math.round(events)), share);
  return {
    capped: sums.capped + Math.min(cap, squareOf(a.events, events, share)),
    expected: sums.expected + null_.mean,
    variance: sums.variance + null_.variance,
  };
}

/** Clusters would have shown by now: the index is below what is clear by more than chance does. */
export function showsIndependence({ capped, expected, variance }: PairSums): boolean {
  return expected >= fewestExpected && capped + pairDeviations * Math.sqrt(variance) < clearIndex * expected;
}

/**
 * The same from larger groups of intervals, for events that are so few that a pair seldom has two: Pearson's `X²` of a
 * group's events over its `m` intervals has the mean `m − 1` and, given `N` events and shares `p_i`, the variance
 * `2(m−1) + (Σ1/p_i − m² − 2m + 2)/N`. What moves within a group looks like clusters, which errs on the safe side.
 */
function showsEvenSpread(history: readonly IntervalCounts[]): boolean {
  const usable = history.filter(({ requests, events }) => requests > 0 && events >= 0);
  const mean = usable.reduce((sum, { events }) => sum + events, 0) / usable.length;
  if (!(mean > 0)) return false;
  const size = Math.min(usable.length, Math.max(4, Math.ceil(eventsAGroup / mean)));
  let [sum, degrees, variance] = [0, 0, 0];
  for (let from = 0; from + size <= usable.length; from += size) {
    const group = usable.slice(from, from + size);
    const events = group.reduce((all, one) => all + one.events, 0);
    const requests = group.reduce((all, one) => all + one.requests, 0);
    if (events < 2) continue;
    let inverse = 0;
    for (const one of group) {
      const expected = (events * one.requests) / requests;
      sum += (one.events - expected) ** 2 / expected;
      inverse += requests / one.requests;
    }
    degrees += size - 1;
    variance += Math.max(0, 2 * (size - 1) + (inverse - size ** 2 - 2 * size + 2) / events);
  }
  return degrees > 0 && sum + groupDeviations * Math.sqrt(variance) < clearIndex * degrees;
}

/** Share of the first interval's requests; null when the two say nothing: a single event falls where it falls. */
function shareOf(a: IntervalCounts, b: IntervalCounts): number | null {
  const share = a.requests / (a.requests + b.requests);
  return a.events + b.events >= 2 && share > 0 && share < 1 ? share : null;
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
