import { type RateTest, rateGrowth } from '../stats/rate-test.ts';
import { type RatioTest, ratioGrowth } from '../stats/ratio-test.ts';
import { advance, type RestartingProcess } from '../stats/restarting.ts';
import type { StakeSchedule } from '../stats/stake-schedule.ts';

/** One tick's count of one kind of event in both arms. */
export interface SplitCounts {
  /** Null: an arm cannot tell. */
  readonly canary: number | null;
  readonly baseline: number | null;
  /** The canary's share of the tick's requests; null when the arms cannot be compared. */
  readonly share: number | null;
  readonly cluster: number;
}

/** Takes in how events fell between the arms. */
export function takeSplit(
  process: RestartingProcess,
  test: RatioTest,
  { canary, baseline, share, cluster }: SplitCounts,
  schedule: StakeSchedule,
): RestartingProcess {
  if (share === null || canary === null || baseline === null || canary + baseline === 0) return process;
  return advance(process, test.prior, ratioGrowth(test, canary, baseline, share, cluster), schedule);
}

/** Takes in events of one arm, among its requests. */
export function takeRate(
  process: RestartingProcess,
  test: RateTest,
  {
    events,
    requests,
    cluster,
  }: { readonly events: number; readonly requests: number; readonly cluster: number },
  schedule: StakeSchedule,
): RestartingProcess {
  if (requests === 0) return process;
  return advance(process, test.prior, rateGrowth(test, events, requests, cluster), schedule);
}
