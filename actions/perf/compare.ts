import { mannWhitney, mean, variance } from '../../core/stats/compare.ts';
import { median } from '../../core/stats/quantile.ts';
import { studentCdf, studentQuantile } from '../../core/stats/special.ts';
import type { Metric } from './model.ts';

export interface CompareSettings {
  /** How much worse the metric may be, ratio. */
  readonly tolerance: number;
  /** False-alarm rate of this one comparison. */
  readonly alpha: number;
  readonly power: number;
  readonly minRuns: number;
}

export interface Comparison {
  readonly metric: string;
  readonly current: number;
  /** Median of the past runs. */
  readonly baseline: number;
  readonly runs: number;
  /** How much worse, ratio: 0.1 = ten per cent slower, or ten per cent less throughput. Negative is better. */
  readonly change: number;
  /**
   * `ok`: not worse than tolerated. `regressed`: worse, and chance does not explain it (or, with too few runs
   * for a noise model, simply worse). `uncertain`: worse, but the noise of past runs is as large.
   */
  readonly state: 'ok' | 'regressed' | 'uncertain';
  /** How the state was found. */
  readonly method: 'tolerance' | 'prediction' | 'rank-test';
  /** One-sided probability of such a value without a regression; null without a noise model. */
  readonly p: number | null;
  /**
   * Smallest regression that this comparison calls one with the stated power, ratio; null without a noise model. It is
   * beyond what is tolerated, however quiet the past was.
   */
  readonly detectable: number | null;
}

/** Measured values never agree to the last digit: a window of equal numbers still has this much noise. */
const leastNoise = 0.002;

/**
 * One metric against the same metric of past runs. With `minRuns` or more the past runs are the noise model: on
 * the log scale (noise is a matter of proportion) a new value of an unchanged service lies within Student's
 * prediction interval, x̄ ± t·s·√(1 + 1/n) (Hahn & Meeker, Statistical Intervals, 4.7). When both sides have
 * repetitions of one run, Mann–Whitney compares them. With fewer runs only the tolerance speaks.
 */
export function compareMetric(
  name: string,
  current: Metric,
  past: readonly Metric[],
  settings: CompareSettings,
): Comparison | null {
  const nothing = compareWithNothing(name, current, past);
  if (nothing !== null) return nothing;
  const values = past.map((metric) => metric.value).filter((value) => value > 0 && Number.isFinite(value));
  if (values.length === 0 || !(current.value > 0)) return null;
  const sign = current.better === 'lower' ? 1 : -1;
  const baseline = median(values);
  const worse = sign * Math.log(current.value / baseline);
  const base = {
    metric: name,
    current: current.value,
    baseline,
    runs: values.length,
    change: changeOf(worse, sign),
  };
  const exceeds = worse > toleratedLog(settings.tolerance, sign) + 1e-12;
  const model = noiseModel(current, past, values, sign, settings);
  if (model === null) {
    return { ...base, state: exceeds ? 'regressed' : 'ok', method: 'tolerance', p: null, detectable: null };
  }
  const state = !exceeds ? 'ok' : model.p < settings.alpha ? 'regressed' : 'uncertain';
  return { ...base, ...model, state };
}

/**
 * Where one side is exactly nothing no ratio can be had, and no noise model: allocations that were 0 and are not any
 * more are worse, work that was done and is not any more too. Null when neither side is.
 */
function compareWithNothing(name: string, current: Metric, past: readonly Metric[]): Comparison | null {
  const values = past.map((metric) => metric.value).filter((value) => value >= 0 && Number.isFinite(value));
  const baseline = median(values);
  if (values.length === 0 || !(current.value >= 0) || (baseline > 0 && current.value > 0)) return null;
  const grew = Math.sign(current.value - baseline);
  const change = current.better === 'lower' ? grew : -grew;
  const state = change > 0 ? 'regressed' : 'ok';
  const found = {
    metric: name,
    current: current.value,
    baseline,
    runs: values.length,
    change,
    state,
  } as const;
  return { ...found, method: 'tolerance', p: null, detectable: null };
}

type Noise = Pick<Comparison, 'method' | 'p' | 'detectable'> & { readonly p: number };

function noiseModel(
  current: Metric,
  past: readonly Metric[],
  values: readonly number[],
  sign: number,
  settings: CompareSettings,
): Noise | null {
  if (values.length >= settings.minRuns) return prediction(current.value, values, sign, settings);
  const before = past.flatMap((metric) => metric.samples ?? []);
  const after = current.samples ?? [];
  // Below four against four no arrangement is rarer than 1 in 70.
  if (before.length < 4 || after.length < 4) return null;
  return rankTest(before, after, sign, settings);
}

function prediction(value: number, past: readonly number[], sign: number, settings: CompareSettings): Noise {
  const { p, spread, df } = chanceOf(value, past, sign);
  return { method: 'prediction', p, detectable: detectableOf(spread, df, sign, settings) };
}

/**
 * How likely a value as bad as this one, or worse, is where nothing has changed: Student's prediction from past values
 * on the log scale. `sign` is 1 where less is better, −1 where more is; `spread` is the standard error of a new value.
 */
export function chanceOf(
  value: number,
  past: readonly number[],
  sign: number,
): { readonly p: number; readonly spread: number; readonly df: number } {
  const logs = past.map((one) => sign * Math.log(one));
  const df = logs.length - 1;
  const spread = Math.max(leastNoise, Math.sqrt(variance(logs))) * Math.sqrt(1 + 1 / logs.length);
  return { p: 1 - studentCdf((sign * Math.log(value) - mean(logs)) / spread, df), spread, df };
}

function rankTest(
  before: readonly number[],
  after: readonly number[],
  sign: number,
  settings: CompareSettings,
): Noise {
  const { statistic, p } = mannWhitney(before, after);
  const pairs = before.length * after.length;
  const towardsWorse = sign > 0 ? statistic > pairs / 2 : statistic < pairs / 2;
  const spread = Math.sqrt(
    (variance(before.map(Math.log)) + leastNoise ** 2) / before.length +
      (variance(after.map(Math.log)) + leastNoise ** 2) / after.length,
  );
  const df = before.length + after.length - 2;
  // 3/π: the least efficiency of the rank test against the t-test under normal noise.
  const detectable = detectableOf(spread * Math.sqrt(Math.PI / 3), df, sign, settings);
  return { method: 'rank-test', p: towardsWorse ? p / 2 : 1 - p / 2, detectable };
}

/** What must be exceeded, by chance or by tolerance, and as much again as the power asks for. Log scale → ratio. */
function detectableOf(spread: number, df: number, sign: number, settings: CompareSettings): number {
  const limit = Math.max(
    toleratedLog(settings.tolerance, sign),
    studentQuantile(1 - settings.alpha, df) * spread,
  );
  return changeOf(limit + studentQuantile(settings.power, df) * spread, sign);
}

/** Log of "worse by the ratio": ten per cent slower is ×1.1, ten per cent less throughput ×0.9. */
function toleratedLog(tolerance: number, sign: number): number {
  return sign > 0 ? Math.log1p(tolerance) : -Math.log1p(-Math.min(tolerance, 0.999999));
}

function changeOf(worse: number, sign: number): number {
  return Number((sign > 0 ? Math.expm1(worse) : -Math.expm1(-worse)).toPrecision(6));
}
