import { median } from './quantile.ts';
import { studentCdf, studentQuantile, upperTail } from './special.ts';

/** Result of a two-sample test. `p` is two-sided. */
export interface TestResult {
  readonly statistic: number;
  readonly p: number;
}

/** Arithmetic mean; NaN without samples. */
export function mean(samples: readonly number[]): number {
  return samples.reduce((sum, value) => sum + value, 0) / samples.length;
}

/** Sample variance (n − 1); NaN below two samples. */
export function variance(samples: readonly number[]): number {
  const centre = mean(samples);
  return samples.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (samples.length - 1);
}

/**
 * Welch's t-test for two means with unequal variances, with Satterthwaite's degrees of freedom (Welch,
 * Biometrika 34, 1947). `p` is NaN when a side has fewer than two samples.
 */
export function welch(a: readonly number[], b: readonly number[]): TestResult & { readonly df: number } {
  if (a.length < 2 || b.length < 2) return { statistic: Number.NaN, p: Number.NaN, df: Number.NaN };
  const shareA = variance(a) / a.length;
  const shareB = variance(b) / b.length;
  const difference = mean(b) - mean(a);
  if (shareA + shareB === 0) {
    return {
      statistic: difference === 0 ? 0 : Math.sign(difference) * Number.POSITIVE_INFINITY,
      p: difference === 0 ? 1 : 0,
      df: a.length + b.length - 2,
    };
  }
  const df = (shareA + shareB) ** 2 / (shareA ** 2 / (a.length - 1) + shareB ** 2 / (b.length - 1));
  const statistic = difference / Math.sqrt(shareA + shareB);
  return { statistic, df, p: 2 * (1 - studentCdf(Math.abs(statistic), df)) };
}

/**
 * Mann–Whitney U (Wilcoxon rank sum), two-sided. Exact for small samples without ties, else the normal
 * approximation with correction for ties and continuity (Mann & Whitney 1947; Lehmann, Nonparametrics, 1.5).
 * `statistic` is U of `b`: how many pairs have b > a, ties half.
 */
export function mannWhitney(a: readonly number[], b: readonly number[]): TestResult {
  if (a.length === 0 || b.length === 0) return { statistic: Number.NaN, p: Number.NaN };
  const { ranks, tieTerm } = midRanks([...a, ...b]);
  const rankSum = ranks.slice(a.length).reduce((sum, rank) => sum + rank, 0);
  const statistic = rankSum - (b.length * (b.length + 1)) / 2;
  if (tieTerm === 0 && a.length + b.length <= 40)
    return { statistic, p: exactP(statistic, a.length, b.length) };
  const n = a.length + b.length;
  const spread = ((a.length * b.length) / 12) * (n + 1 - tieTerm / (n * (n - 1)));
  if (!(spread > 0)) return { statistic, p: 1 };
  const distance = Math.max(0, Math.abs(statistic - (a.length * b.length) / 2) - 0.5);
  return { statistic, p: Math.min(1, 2 * upperTail(distance / Math.sqrt(spread))) };
}

/** Ranks from 1, ties share their middle rank; `tieTerm` is Σ(t³ − t). */
function midRanks(values: readonly number[]): {
  readonly ranks: readonly number[];
  readonly tieTerm: number;
} {
  const order = values.map((value, index) => ({ value, index })).sort((x, y) => x.value - y.value);
  const ranks = new Array<number>(values.length).fill(0);
  let tieTerm = 0;
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && order[end]?.value === order[start]?.value) end += 1;
    for (const entry of order.slice(start, end)) ranks[entry.index] = (start + 1 + end) / 2;
    tieTerm += (end - start) ** 3 - (end - start);
    start = end;
  }
  return { ranks, tieTerm };
}

/** Counts the arrangements by their U: f(u; m, n) = f(u − n; m − 1, n) + f(u; m, n − 1). */
function exactP(statistic: number, m: number, n: number): number {
  let rows = new Array<number[]>(n + 1).fill([1]);
  for (let i = 1; i <= m; i += 1) {
    const next: number[][] = [[1]];
    for (let j = 1; j <= n; j += 1) {
      const shifted = rows[j] ?? [];
      const kept = next[j - 1] ?? [];
      const size = i * j + 1;
      next.push(Array.from({ length: size }, (_, u) => (shifted[u - j] ?? 0) + (kept[u] ?? 0)));
    }
    rows = next;
  }
  const counts = rows[n] ?? [1];
  const total = counts.reduce((sum, count) => sum + count, 0);
  const low = Math.min(statistic, m * n - statistic);
  const tail = counts.slice(0, Math.floor(low) + 1).reduce((sum, count) => sum + count, 0);
  return Math.min(1, (2 * tail) / total);
}

/** Hodges–Lehmann: the median of all differences b − a, the shift that Mann–Whitney tests (1963). */
export function hodgesLehmann(a: readonly number[], b: readonly number[]): number {
  return median(b.flatMap((y) => a.map((x) => y - x)));
}

/** Two-sided interval of a mean (Student), for at least two samples. */
export function meanInterval(
  samples: readonly number[],
  confidence: number,
): { readonly low: number; readonly high: number } | null {
  if (samples.length < 2) return null;
  const half =
    studentQuantile(1 - (1 - confidence) / 2, samples.length - 1) *
    Math.sqrt(variance(samples) / samples.length);
  return { low: mean(samples) - half, high: mean(samples) + half };
}
