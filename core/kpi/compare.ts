import type { Kpi, KpiSettings } from '../config/kpis.ts';
import { studentQuantile } from '../stats/special.ts';
import type { Bucket, KpiReading } from './reading.ts';

export type KpiVerdict = 'worse' | 'better' | 'no difference shown' | 'insufficient';

/** One line of the report. Figures are ratios, means or events a second, by the KPI's kind. */
export interface KpiComparison {
  readonly name: string;
  readonly kind: Kpi['kind'];
  readonly better: Kpi['better'];
  readonly verdict: KpiVerdict;
  /** Why it is insufficient; null otherwise. */
  readonly reason: string | null;
  readonly before: number | null;
  readonly after: number | null;
  /** after − before with its interval; null when insufficient. */
  readonly change: { readonly value: number; readonly low: number; readonly high: number } | null;
  /** Pieces known on both sides, of how many. */
  readonly compared: number;
  readonly expected: number;
  /** What the two sides weigh: requests, values or seconds. */
  readonly weights: { readonly before: number; readonly after: number };
}

/** Fewer pieces than this say nothing of how much they vary. */
const fewestPieces = 6;

/**
 * Compares one figure with the same hours before. Only hours that are known on both sides count, on both sides, and
 * they are weighed by their events: `Σx / Σn`, never a mean of hourly means.
 *
 * The interval is of the difference of two ratio estimators whose hours are paired, by linearisation (Cochran, Sampling
 * Techniques, 3rd ed., 6.4): `z_h = (x'_h − R'n'_h)/N' − (x_h − R·n_h)/N`, variance `H/(H−1)·Σz²`, Student's t with
 * H − 1 degrees. What moves both sides of an hour alike cancels. It is never narrower than independent events allow
 * (Agresti & Caffo, The American Statistician 54, 2000, for shares; Poisson for rates).
 *
 * @param figures how many figures the report has: the confidence is of all of them together (Bonferroni).
 */
export function compareKpi(
  kpi: Kpi,
  reading: KpiReading,
  settings: Pick<KpiSettings, 'confidence' | 'min_events'>,
  figures: number,
): KpiComparison {
  const pairs = pairUp(reading);
  const expected = reading.after.length;
  const before = totalOf(pairs.map(({ old }) => old));
  const after = totalOf(pairs.map(({ now }) => now));
  const line = {
    name: kpi.name,
    kind: kpi.kind,
    better: kpi.better,
    before: figureOf(before),
    after: figureOf(after),
    compared: pairs.length,
    expected,
    weights: { before: before.n, after: after.n },
  };
  const reason = whyInsufficient(kpi, reading, pairs.length, before, after, settings.min_events);
  if (reason !== null || line.before === null || line.after === null) {
    return { ...line, verdict: 'insufficient', reason: reason ?? 'nothing was counted', change: null };
  }
  const value = line.after - line.before;
  const confidence = 1 - (1 - settings.confidence) / Math.max(1, figures);
  const half =
    studentQuantile(1 - (1 - confidence) / 2, pairs.length - 1) *
    Math.sqrt(Math.max(pairedVariance(pairs, before, after), eventVariance(kpi.kind, before, after)));
  const change = { value, low: value - half, high: value + half };
  return { ...line, verdict: verdictOf(kpi, line.before, change), reason: null, change };
}

interface Count {
  readonly x: number;
  readonly n: number;
}
interface Pair {
  readonly old: Count;
  readonly now: Count;
}

/** Hours that are known after the release and in at least one of the weeks before; the weeks are added up. */
function pairUp({ after, before }: KpiReading): readonly Pair[] {
  return after.flatMap((bucket, hour) => {
    const now = known(bucket);
    const olds = before.flatMap((week) => known(week[hour]) ?? []);
    return now === null || olds.length === 0 ? [] : [{ now, old: totalOf(olds) }];
  });
}

function known(bucket: Bucket | undefined): Count | null {
  if (bucket === undefined || bucket.x === null || bucket.n === null) return null;
  return Number.isFinite(bucket.x) && Number.isFinite(bucket.n) ? { x: bucket.x, n: bucket.n } : null;
}

function totalOf(counts: readonly Count[]): Count {
  return counts.reduce((sum, { x, n }) => ({ x: sum.x + x, n: sum.n + n }), { x: 0, n: 0 });
}

function figureOf({ x, n }: Count): number | null {
  return n > 0 ? x / n : null;
}

function whyInsufficient(
  kpi: Kpi,
  { problem, before: weeks, after: hours }: KpiReading,
  compared: number,
  before: Count,
  after: Count,
  fewest: number,
): string | null {
  if (problem !== null) return problem;
  if (weeks.length === 0) return 'there is no such week before the release';
  if (hours.every((hour) => known(hour) === null)) return 'nothing is known of the time since GA';
  if (compared === 0) return 'nothing is known of the same hours before the release';
  if (compared < fewestPieces || compared * 2 < hours.length) {
    return `only ${compared} of ${hours.length} hours are known on both sides`;
  }
  // A rate that has fallen to nothing is the very thing to be seen: only the time before has to show events.
  const [old, now] = kpi.kind === 'rate' ? [before.x, fewest] : [before.n, after.n];
  if (old < fewest) return `${count(old)} events before, at least ${fewest} are needed`;
  if (now < fewest) return `${count(now)} events since GA, at least ${fewest} are needed`;
  return null;
}

function pairedVariance(pairs: readonly Pair[], before: Count, after: Count): number {
  const [old, now] = [before.x / before.n, after.x / after.n];
  const squares = pairs.map(
    (pair) => ((pair.now.x - now * pair.now.n) / after.n - (pair.old.x - old * pair.old.n) / before.n) ** 2,
  );
  return (pairs.length / (pairs.length - 1)) * squares.reduce((sum, square) => sum + square, 0);
}

/** Variance of the difference if every event came by itself; 0 for means, whose values are not known one by one. */
function eventVariance(kind: Kpi['kind'], before: Count, after: Count): number {
  switch (kind) {
    case 'ratio':
      return shareVariance(before) + shareVariance(after);
    case 'rate':
      return (before.x + 1) / before.n ** 2 + (after.x + 1) / after.n ** 2;
    case 'mean':
      return 0;
  }
}

function shareVariance({ x, n }: Count): number {
  const share = Math.min(1, (x + 1) / (n + 2));
  return (share * (1 - share)) / (n + 2);
}

function verdictOf(
  { better, tolerance }: Kpi,
  before: number,
  { low, high }: { readonly low: number; readonly high: number },
): KpiVerdict {
  const tolerated = tolerance * Math.abs(before);
  if (better === 'up') {
    if (high < -tolerated) return 'worse';
    return low > 0 ? 'better' : 'no difference shown';
  }
  if (low > tolerated) return 'worse';
  return high < 0 ? 'better' : 'no difference shown';
}

const count = (value: number): string => String(Math.round(value));
