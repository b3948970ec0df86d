/**
 * The q-quantile (0–1) of samples, linear between order statistics (Hyndman & Fan type 7, as R, NumPy and k6).
 * NaN without samples or with a sample that is NaN.
 */
export function quantile(samples: readonly number[], q: number): number {
  if (samples.length === 0 || !(q >= 0 && q <= 1) || samples.some(Number.isNaN)) return Number.NaN;
  return quantileOfSorted(Float64Array.from(samples).sort(), q);
}

/** The same of samples that are in ascending order already; NaN without any. */
export function quantileOfSorted(sorted: Float64Array, q: number): number {
  const position = (sorted.length - 1) * q;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below === above ? below : below + (above - below) * (position - Math.floor(position));
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

/** Median absolute deviation × 1.4826: a standard deviation that one outlier cannot move. */
export function robustDeviation(samples: readonly number[]): number {
  const centre = median(samples);
  return 1.4826 * median(samples.map((sample) => Math.abs(sample - centre)));
}

/** One cumulative bucket: how many observations were ≤ `upper`. */
export interface Bucket {
  readonly upper: number;
  readonly count: number;
}

/**
 * The q-quantile of a cumulative histogram, linear inside a bucket, by Prometheus's rules
 * (`histogram_quantile`): the lowest bucket begins at 0 when its edge is positive; a quantile in the +Inf
 * bucket is the highest finite edge, that is a lower bound and marked `atLeast`. Null without a +Inf bucket,
 * without observations, or when the counts are not cumulative.
 */
export function histogramQuantile(
  buckets: readonly Bucket[],
  q: number,
): { readonly value: number; readonly atLeast: boolean } | null {
  const sorted = buckets.toSorted((a, b) => a.upper - b.upper);
  const last = sorted.at(-1);
  if (last === undefined || last.upper !== Number.POSITIVE_INFINITY || !(last.count > 0)) return null;
  if (!(q >= 0 && q <= 1) || sorted.some((bucket, i) => !(bucket.count >= (sorted[i - 1]?.count ?? 0)))) {
    return null;
  }
  const rank = q * last.count;
  const index = sorted.findIndex((bucket) => bucket.count >= rank);
  const bucket = sorted[index] ?? last;
  const previous = sorted[index - 1];
  if (bucket.upper === Number.POSITIVE_INFINITY) {
    return previous === undefined ? null : { value: previous.upper, atLeast: true };
  }
  if (previous === undefined && bucket.upper <= 0) return { value: bucket.upper, atLeast: false };
  const start = previous?.upper ?? 0;
  const before = previous?.count ?? 0;
  const inside = bucket.count - before;
  const share = inside > 0 ? (rank - before) / inside : 0;
  return { value: start + (bucket.upper - start) * share, atLeast: false };
}
