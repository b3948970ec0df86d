import type { Measured } from './measured.ts';
import type { Metric, PastRun } from './model.ts';
import { type Accepted, isDate } from './options.ts';

/**
 * The past of one metric without what came before a level that somebody has accepted. `since` names the first run that
 * counts by its commit, or the time from which runs count: then the past may be empty, and the run under test begins a
 * new one. An acceptance that names no run, has not come yet, or is exceeded (`up_to`) accepts nothing.
 */
export function pastOf(
  { key, name, metric: current }: Pick<Measured, 'key' | 'name' | 'metric'>,
  past: readonly PastRun[],
  accepted: readonly Accepted[],
  now: number,
): readonly PastRun[] {
  const last = accepted.findLast((one) => one.metric === key || one.metric === name);
  if (last === undefined || isWorse(current, last.up_to)) return past;
  if (isDate(last.since)) {
    const since = Date.parse(last.since);
    return !(since <= now) ? past : past.filter(({ at }) => at !== null && Date.parse(at) >= since);
  }
  const first = past.findIndex(
    ({ sha }) => sha !== null && last.since.length >= 7 && sha.startsWith(last.since),
  );
  return first === -1 ? past : past.slice(first);
}

function isWorse({ value, better }: Metric, limit: number | undefined): boolean {
  if (limit === undefined) return false;
  return better === 'lower' ? !(value <= limit) : !(value >= limit);
}
