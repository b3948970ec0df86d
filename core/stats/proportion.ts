import { betaQuantile, normalQuantile } from './special.ts';

/** Two ends, both ratios 0–1. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Clopper–Pearson: the exact interval of a proportion. It covers the truth with *at least* `confidence`
 * (two-sided), so a lower end above a limit is a sound reason to act. Source: Clopper & Pearson, Biometrika 26
 * (1934). Counts may be fractional (extrapolated counters). Without trials it is [0, 1].
 */
export function clopperPearson(events: number, trials: number, confidence: number): Interval {
  if (!(trials > 0)) return { low: 0, high: 1 };
  const k = Math.min(Math.max(events, 0), trials);
  const tail = (1 - confidence) / 2;
  return {
    low: k <= 0 ? 0 : betaQuantile(tail, k, trials - k + 1),
    high: k >= trials ? 1 : betaQuantile(1 - tail, k + 1, trials - k),
  };
}

/**
 * Wilson's score interval: narrower than the exact one and right on average, for showing rather than for
 * deciding. Source: Wilson, JASA 22 (1927).
 */
export function wilson(events: number, trials: number, confidence: number): Interval {
  if (!(trials > 0)) return { low: 0, high: 1 };
  const z = normalQuantile(1 - (1 - confidence) / 2);
  const p = events / trials;
  const centre = p + (z * z) / (2 * trials);
  const half = z * Math.sqrt((p * (1 - p)) / trials + (z * z) / (4 * trials * trials));
  const scale = 1 + (z * z) / trials;
  return { low: Math.max(0, (centre - half) / scale), high: Math.min(1, (centre + half) / scale) };
}
