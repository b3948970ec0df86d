import { hodgesLehmann } from '../../core/stats/compare.ts';
import { normalQuantile } from '../../core/stats/special.ts';

/** Requests and bad ones of one minute, in both arms: what the rules of other tools look at. */
export interface Minute {
  readonly canary: readonly [requests: number, bad: number];
  readonly baseline: readonly [requests: number, bad: number];
}

/** Looks at every minute; answers whether to roll back now. Made anew for each run. */
export type MinuteRule = (minute: Minute) => boolean;

const rateOf = ([requests, bad]: readonly [number, number]): number => (requests === 0 ? 0 : bad / requests);

/** Argo-style: an interval fails above `limit`; more than `failures` failures roll back. Flagger-style: `failures` 4. */
export function failureLimit(limit: number, failures: number): MinuteRule {
  let failed = 0;
  return ({ canary }) => {
    if (rateOf(canary) > limit) failed++;
    return failed > failures;
  };
}

/** Canary/baseline ratio of all requests so far above `limit`, with at least `fewest` bad requests in the canary. */
export function ratioLimit(limit: number, fewest: number): MinuteRule {
  const ratio = cumulativeRatio(fewest);
  return (minute) => ratio(minute) > limit;
}

export function cumulativeRatio(fewest: number): (minute: Minute) => number {
  const canary: [number, number] = [0, 0];
  const baseline: [number, number] = [0, 0];
  return (minute) => {
    for (const i of [0, 1] as const) {
      canary[i] += minute.canary[i];
      baseline[i] += minute.baseline[i];
    }
    if (canary[1] < fewest) return 0;
    return rateOf(canary) / Math.max(rateOf(baseline), 0.5 / Math.max(1, baseline[0]));
  };
}

/**
 * Kayenta-style: every ten minutes Mann–Whitney over the last ten minutes' rates; rolls back when the lower end
 * of the 98 % interval of the shift is above a quarter of the shift itself.
 */
export function mannWhitneyJudge(): MinuteRule {
  const canary: number[] = [];
  const baseline: number[] = [];
  const n = 10;
  const spread = Math.sqrt((n * n * (2 * n + 1)) / 12);
  const rank = Math.max(0, Math.floor((n * n) / 2 - normalQuantile(0.99) * spread));
  return (minute) => {
    canary.push(rateOf(minute.canary));
    baseline.push(rateOf(minute.baseline));
    if (canary.length % n !== 0) return false;
    const [c, b] = [canary.slice(-n), baseline.slice(-n)];
    const shifts = c.flatMap((x) => b.map((y) => x - y)).sort((x, y) => x - y);
    return (shifts[rank] as number) > 0.25 * Math.abs(hodgesLehmann(b, c));
  };
}

/** Highest limit that a run of minutes exceeds in more than `failures` of them: what tuning looks for. */
export function statisticOf(rates: readonly number[], failures: number): number {
  return rates.toSorted((a, b) => b - a)[failures] ?? 0;
}

/** What counts as too much in an interval, by metric: twice what is normal (errors), half more (slow requests). */
export const usualLimit = { errors: 0.01, slow: 0.075 } as const;
