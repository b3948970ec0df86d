const week = 7 * 86_400_000;
/** Releases that were under way for longer than this look no further back, weeks. */
const furthest = 12;

export interface Window {
  /** ms since the epoch; `to` is not part of it. */
  readonly from: number;
  readonly to: number;
}

export interface KpiWindows {
  readonly after: Window;
  /** The same hours of the same weekdays before the release began, nearest first. */
  readonly before: readonly Window[];
  /** Length of the pieces that are compared with each other, ms. */
  readonly bucket: number;
}

/**
 * What is compared: the time since GA, and the same hours of the same weekdays in the weeks before the first traffic
 * went to the new version. Hours are local ones: across a change of the clocks 9 o'clock is compared with 9 o'clock.
 */
export function kpiWindows(options: {
  readonly ga: number;
  /** Beginning of the release: nothing of the baseline lies behind it. */
  readonly began: number;
  readonly length: number;
  readonly weeks: number;
  readonly bucket: number;
  readonly timeZone: string;
}): KpiWindows {
  const { ga, began, length, weeks, timeZone } = options;
  const shifted = (back: number): Window => {
    const from = sameLocalTime(ga, back * week, timeZone);
    return { from, to: from + length };
  };
  const before = Array.from({ length: furthest }, (_, index) => shifted(index + 1))
    .filter(({ to }) => to <= began)
    .slice(0, weeks);
  const bucket = Math.max(1_000, Math.min(options.bucket, Math.floor(length / 24)));
  return { after: { from: ga, to: ga + length }, before, bucket };
}

/** `at` moved back, and corrected so that the local clock shows the same time. */
function sameLocalTime(at: number, back: number, timeZone: string): number {
  const plain = at - back;
  return plain + offsetAt(at, timeZone) - offsetAt(plain, timeZone);
}

/** Local time minus UTC, ms. */
function offsetAt(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value ?? 0);
  const local = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return local - Math.floor(at / 1_000) * 1_000;
}
