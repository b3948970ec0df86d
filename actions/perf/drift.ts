import { changePoints, regimesOf } from '../../core/stats/change-points.ts';
import { median } from '../../core/stats/quantile.ts';
import { chanceOf } from './compare.ts';
import type { Metric, PastRun } from './model.ts';

export interface Drift {
  readonly metric: string;
  /** Median of the best regime of the past: what the metric has already been. */
  readonly best: number;
  readonly current: number;
  /** How much worse than the best regime, ratio; negative is better. */
  readonly change: number;
  /** One-sided probability of such a value while the best regime goes on. */
  readonly p: number;
  /** Worse than the best regime by more than is allowed, and chance does not explain it. */
  readonly drifted: boolean;
  /** Where the past changed its level: first run of the new regime. */
  readonly changes: readonly {
    readonly sha: string | null;
    readonly at: string | null;
    readonly change: number;
  }[];
}

/** Runs that make a level, rather than a lucky day. */
const leastRegime = 4;
const chance = 0.01;

/**
 * Holds a metric against the best level that it ever kept, not against the last run: ten small regressions,
 * each within tolerance of its predecessor, cannot move this yardstick. The levels are found as change points
 * (E-divisive), so that one lucky run is no level. Null with too few past runs.
 */
export function driftOf(
  name: string,
  current: Metric,
  past: readonly PastRun[],
  { maxDrift, alpha }: { readonly maxDrift: number; readonly alpha: number },
): Drift | null {
  const runs = past.flatMap((run) => {
    const metric = run.metrics[name];
    return metric !== undefined && metric.unit === current.unit && metric.value > 0
      ? [{ run, value: metric.value }]
      : [];
  });
  if (runs.length < leastRegime || !(current.value > 0)) return null;
  const values = runs.map(({ value }) => value);
  const points = changePoints(values.map(Math.log), { alpha: chance, minSize: leastRegime });
  const regimes = regimesOf(values, points).map((regime) => ({ regime, level: median(regime) }));
  const levels = regimes.map(({ level }) => level);
  const lower = current.better === 'lower';
  const { regime, level: best } = regimes.reduce((a, b) => (lower === a.level < b.level ? a : b));
  const change = worseBy(current.value, best, lower);
  const { p } = chanceOf(current.value, regime, lower ? 1 : -1);
  return {
    metric: name,
    best,
    current: current.value,
    change,
    p,
    drifted: change > maxDrift && p < alpha,
    changes: points.map((point, index) => ({
      sha: runs[point]?.run.sha ?? null,
      at: runs[point]?.run.at ?? null,
      change: worseBy(levels[index + 1] ?? 0, levels[index] ?? 0, lower),
    })),
  };
}

/** Ratio by which a value is worse than another: slower, or less. */
function worseBy(value: number, than: number, lower: boolean): number {
  return Number((lower ? value / than - 1 : 1 - value / than).toPrecision(6));
}
