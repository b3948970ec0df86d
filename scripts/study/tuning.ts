import { randomFrom } from '../../core/stats/random.ts';
import type { Cell } from './cells.ts';
import {
  cumulativeRatio,
  failureLimit,
  type Minute,
  type MinuteRule,
  ratioLimit,
  statisticOf,
} from './comparators.ts';
import { seedOf } from './seed.ts';
import { trafficOf } from './traffic.ts';

/** Threshold rules whose limit is chosen so that they roll back a healthy canary with probability α. */
export interface TunedRule {
  readonly name: string;
  readonly limit: number;
  make(): MinuteRule;
}

const fewestBad = 5;

/**
 * Tunes on the very world that the cell is about, without its regression: the limits know the base rate, the
 * traffic and the horizon in advance, which nobody does. The most favourable comparison for a threshold.
 */
export function tuneRules(cell: Cell, alpha: number, runs: number): readonly TunedRule[] {
  const healthy: Cell = { ...cell, ratio: cell.tolerated, tick: 60, fault: 'none' };
  const statistics = { once: [] as number[], often: [] as number[], ratio: [] as number[] };
  for (let run = 0; run < runs; run++) {
    const minutes = minutesOf(healthy, randomFrom(seedOf(`tune ${cell.name}`, run)));
    const rates = minutes.map(({ canary }) => (canary[0] === 0 ? 0 : canary[1] / canary[0]));
    statistics.once.push(statisticOf(rates, 0));
    statistics.often.push(statisticOf(rates, 3));
    const ratio = cumulativeRatio(fewestBad);
    statistics.ratio.push(minutes.reduce((most, minute) => Math.max(most, ratio(minute)), 0));
  }
  const once = quantileAbove(statistics.once, alpha);
  const often = quantileAbove(statistics.often, alpha);
  const ratio = quantileAbove(statistics.ratio, alpha);
  return [
    { name: 'tuned-once', limit: once, make: () => failureLimit(once, 0) },
    { name: 'tuned-often', limit: often, make: () => failureLimit(often, 3) },
    { name: 'tuned-ratio', limit: ratio, make: () => ratioLimit(ratio, fewestBad) },
  ];
}

function minutesOf(cell: Cell, random: () => number): readonly Minute[] {
  const minutes: Minute[] = [];
  for (let time = 60; time <= cell.horizon; time += 60) minutes.push(trafficOf(cell, time, random));
  return minutes;
}

/** Smallest limit that at most a share `alpha` of the values exceed. */
function quantileAbove(values: number[], alpha: number): number {
  const sorted = values.sort((a, b) => b - a);
  return sorted[Math.floor(alpha * sorted.length)] ?? Number.POSITIVE_INFINITY;
}
