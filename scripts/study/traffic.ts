import { normalFrom, poissonFrom } from '../../core/stats/random.ts';
import type { Cell } from './cells.ts';

/** Requests and bad ones of one tick in both arms. */
export interface TickTraffic {
  readonly canary: readonly [requests: number, bad: number];
  readonly baseline: readonly [requests: number, bad: number];
}

/** Share of the traffic that the canary has at a time, s. */
export function weightAt(cell: Cell, time: number): number {
  const stage = Math.min(cell.weights.length - 1, Math.floor(time / cell.stageSeconds));
  return cell.weights[stage] as number;
}

/** What one tick brings that ends at `time`. Requests arrive as a Poisson process; each is bad by itself or in clusters. */
export function trafficOf(cell: Cell, time: number, random: () => number): TickTraffic {
  const weight = weightAt(cell, time - cell.tick);
  const base = Math.min(0.5, cell.base * levelAt(cell, time));
  const arm = (share: number, rate: number): readonly [number, number] => {
    const mean = cell.rps * cell.tick * share;
    const bad = badOf(mean * rate, cell.clusters, random);
    return [bad + manyOf(mean * (1 - rate), random), bad];
  };
  const canary = arm(weight, Math.min(0.95, base * ratioAt(cell, time)));
  return { canary, baseline: arm(1 - weight, base) };
}

export function ratioAt(cell: Cell, time: number): number {
  if (cell.fault === 'warm-up' && time <= 60) return 5;
  return time > cell.from ? cell.ratio : 1;
}

/** Factor on the error rate of both arms; its mean over half an hour is about 1, for bursts 1.9. */
function levelAt({ level }: Cell, time: number): number {
  switch (level) {
    case 'steady':
      return 1;
    case 'diurnal':
      return 1 + 0.8 * Math.sin((2 * Math.PI * time) / 1_800);
    case 'bursts':
      return time % 200 < 20 ? 10 : 1;
  }
}

function badOf(mean: number, clusters: number, random: () => number): number {
  if (clusters === 1) return poissonFrom(mean, random);
  let bad = 0;
  for (let causes = poissonFrom((2 * mean) / (clusters + 1), random); causes > 0; causes--) {
    bad += 1 + Math.floor(clusters * random());
  }
  return bad;
}

/** Good requests only set the share: above 50 a rounded normal does for a Poisson count. */
function manyOf(mean: number, random: () => number): number {
  if (mean <= 50) return poissonFrom(mean, random);
  return Math.max(0, Math.round(mean + Math.sqrt(mean) * normalFrom(random)));
}
