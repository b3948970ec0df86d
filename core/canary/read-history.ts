import type { ReleaseConfig } from '../config/schema.ts';
import { labelsMatch } from '../metrics/match.ts';
import type { MetricsSource, Series } from '../ports/metrics.ts';
import type { IntervalCounts } from '../stats/cluster-history.ts';
import { isVersion, whereOf } from './read-arms.ts';

export interface HistoryRequest {
  readonly metrics: ReleaseConfig['metrics'];
  readonly environment: string;
  /** The version that carried the traffic, as a tag. */
  readonly version: string;
  /** End of the history, ms since the epoch. */
  readonly to: number;
  /** Length of one interval, ms: that of the judge. */
  readonly interval: number;
}

/** How far back is looked, ms. */
const lookBack = 1_800_000;

/**
 * Requests and errors of the baseline in each interval before the canary began, oldest first. Empty where the provider
 * has no history (a direct scrape).
 * @throws ProviderError when the provider does not answer.
 */
export async function readHistory(
  source: MetricsSource,
  request: HistoryRequest,
): Promise<readonly IntervalCounts[]> {
  const { metrics, environment, version, to, interval } = request;
  const window = { from: to - lookBack, to, step: interval };
  const series = await source.range(metrics.requests, whereOf(metrics, environment), window);
  return historyOf(
    series.filter(({ labels }) => isVersion(labels[metrics.version_label], version)),
    (labels) => labelsMatch(labels, metrics.error_match),
    window,
  );
}

/** Pure: increases of counters, interval by interval. A counter that fell, or that was not seen, adds nothing there. */
export function historyOf(
  series: readonly Series[],
  isError: (labels: Series['labels']) => boolean,
  { from, to, step }: { readonly from: number; readonly to: number; readonly step: number },
): readonly IntervalCounts[] {
  const length = Math.max(0, Math.floor((to - from) / step));
  const requests = new Array<number>(length).fill(0);
  const events = new Array<number>(length).fill(0);
  for (const { labels, points } of series) {
    const failed = isError(labels);
    for (const [i, point] of points.entries()) {
      const before = points[i - 1];
      const slot = Math.ceil((point.at - from) / step) - 1;
      const isNext = before !== undefined && point.at - before.at < 1.5 * step && slot >= 0 && slot < length;
      const increase = before === undefined ? Number.NaN : point.value - before.value;
      if (!isNext || !(increase >= 0)) continue;
      requests[slot] = (requests[slot] as number) + increase;
      if (failed) events[slot] = (events[slot] as number) + increase;
    }
  }
  return requests.map((count, slot) => ({ requests: count, events: events[slot] as number }));
}
