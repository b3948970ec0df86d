import { fitTrend, forecast } from '../../core/stats/trend.ts';

const day = 86_400_000;

/** Past peaks of real traffic: when, and how many requests a second. */
export interface PeakPoint {
  readonly at: number;
  readonly rate: number;
}

export interface Peak {
  /** Requests a second; `high` is the end of the prediction interval that decides. */
  readonly expected: number;
  readonly low: number;
  readonly high: number;
  /** Growth, requests a second per day; null for a peak that was given. */
  readonly perDay: number | null;
}

/**
 * The peak at `now + horizon`: a straight line through past peaks with its prediction interval. Null with fewer
 * than five points, or with history over less than the horizon ÷ 2 (a week does not foretell a year).
 */
export function forecastPeak(
  points: readonly PeakPoint[],
  now: number,
  horizonMs: number,
  confidence: number,
): Peak | null {
  const times = points.map(({ at }) => at);
  const span = Math.max(...times) - Math.min(...times);
  const trend = points.length < 5 || span < horizonMs / 2 ? null : fitTrend(toDays(points, now));
  if (trend === null) return null;
  const { expected, low, high } = forecast(trend, horizonMs / day, confidence);
  // Never below what has been seen: the past peak can come back tomorrow.
  const seen = Math.max(...points.map(({ rate }) => rate));
  return {
    expected: Math.max(0, expected),
    low: Math.max(0, low),
    high: Math.max(high, seen),
    perDay: trend.slope,
  };
}

/**
 * Days from now until the peak reaches `limit`, at the expected end and at the pessimistic one. Null: not within
 * ten years.
 */
export function daysUntil(
  limit: number,
  points: readonly PeakPoint[],
  now: number,
  confidence: number,
): { readonly expected: number | null; readonly pessimistic: number | null } {
  const trend = fitTrend(toDays(points, now));
  if (trend === null) return { expected: null, pessimistic: null };
  const first = (end: 'expected' | 'high'): number | null => {
    for (let days = 0; days <= 3_650; days += 1)
      if (forecast(trend, days, confidence)[end] >= limit) return days;
    return null;
  };
  return { expected: first('expected'), pessimistic: first('high') };
}

function toDays(points: readonly PeakPoint[], now: number) {
  return points.map(({ at, rate }) => ({ x: (at - now) / day, y: rate }));
}
