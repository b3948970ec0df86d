import { mean } from './compare.ts';
import { studentQuantile } from './special.ts';

/** A straight line through points, with what it takes to say how sure a forecast is. */
export interface Trend {
  readonly intercept: number;
  readonly slope: number;
  /** Standard error of the residuals. */
  readonly deviation: number;
  readonly count: number;
  readonly meanX: number;
  /** Σ(x − x̄)². */
  readonly spreadX: number;
}

/** Least squares. Null with fewer than three points, or when all lie at one x. */
export function fitTrend(points: readonly { readonly x: number; readonly y: number }[]): Trend | null {
  if (points.length < 3) return null;
  const meanX = mean(points.map(({ x }) => x));
  const meanY = mean(points.map(({ y }) => y));
  const spreadX = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  if (!(spreadX > 0)) return null;
  const slope = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / spreadX;
  const intercept = meanY - slope * meanX;
  const squares = points.reduce((sum, { x, y }) => sum + (y - intercept - slope * x) ** 2, 0);
  const deviation = Math.sqrt(squares / (points.length - 2));
  return { intercept, slope, deviation, count: points.length, meanX, spreadX };
}

/**
 * Where a new value at x will lie, two-sided: ŷ ± t·s·√(1 + 1/n + (x − x̄)²/Σ(x − x̄)²) (Draper & Smith,
 * Applied Regression Analysis, 3.1).
 */
export function forecast(
  trend: Trend,
  x: number,
  confidence: number,
): { readonly expected: number; readonly low: number; readonly high: number } {
  const expected = trend.intercept + trend.slope * x;
  const reach = Math.sqrt(1 + 1 / trend.count + (x - trend.meanX) ** 2 / trend.spreadX);
  const half = studentQuantile(1 - (1 - confidence) / 2, trend.count - 2) * trend.deviation * reach;
  return { expected, low: expected - half, high: expected + half };
}
