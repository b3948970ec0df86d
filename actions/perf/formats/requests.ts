import { mean } from '../../../core/stats/compare.ts';
import { quantileOfSorted } from '../../../core/stats/quantile.ts';
import type { LoadReport } from './load.ts';
import { quantileName } from './load.ts';

/** Every single request of a run, in no particular order. */
export interface Requests {
  /** When it began, ms since the epoch. */
  readonly at: readonly number[];
  readonly elapsedMs: readonly number[];
}

const percents = [50, 90, 95, 99] as const;
/** So many slices of the run's time, and so many requests beyond the quantile in each. */
const slices = 20;
const leastBeyond = 2;

/** Quantiles over the whole run, and over slices of it: how much they vary within the run. */
export function latenciesOf({ at, elapsedMs }: Requests): Pick<LoadReport, 'latencies' | 'samples'> {
  if (elapsedMs.length === 0) return { latencies: {} };
  const whole = Float64Array.from(elapsedMs).sort();
  const parts = sliced(at, elapsedMs);
  const latencies: Record<string, number> = { avg: mean(elapsedMs) };
  const samples: Record<string, readonly number[]> = {};
  for (const percent of percents) {
    const name = quantileName(percent);
    latencies[name] = quantileOfSorted(whole, percent / 100);
    const full = parts.filter(({ length }) => length * (1 - percent / 100) >= leastBeyond);
    if (full.length === slices) samples[name] = full.map((part) => quantileOfSorted(part, percent / 100));
  }
  return { latencies, samples };
}

/** The run cut into equal slices of time, each sorted by latency. */
function sliced(at: readonly number[], elapsedMs: readonly number[]): readonly Float64Array[] {
  const { first, last } = spanOf(at);
  const width = (last - first) / slices;
  if (!(width > 0)) return [];
  const parts = Array.from({ length: slices }, (): number[] => []);
  at.forEach((time, i) => {
    parts[Math.min(slices - 1, Math.floor((time - first) / width))]?.push(elapsedMs[i] ?? 0);
  });
  return parts.map((part) => Float64Array.from(part).sort());
}

/** Not `Math.max(...)`: a run has more requests than a call may have arguments. */
export function spanOf(times: readonly number[]): { readonly first: number; readonly last: number } {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const time of times) {
    first = Math.min(first, time);
    last = Math.max(last, time);
  }
  return { first, last };
}
