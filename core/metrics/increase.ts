type Point = { readonly at: number; readonly value: number };

/**
 * How much a counter grew over its points (oldest first), counter resets handled: a value below its
 * predecessor means that the process restarted and counted from zero again. Not extrapolated to the edges of a
 * window, unlike PromQL's `increase`. Null when there are fewer than two points; NaN when a point is not a
 * finite number.
 */
export function increaseOf(points: readonly Point[]): number | null {
  if (points.length < 2) return null;
  let total = 0;
  let previous: number | null = null;
  for (const { value } of points) {
    if (!Number.isFinite(value)) return Number.NaN;
    if (previous !== null) total += value >= previous ? value - previous : value;
    previous = value;
  }
  return total;
}

/**
 * The increase within (`from`, `to`], starting at the last point at or before `from`. A series that is younger
 * than `from` starts at zero when `bornAtZero` is set: a counter of a process that began inside the window.
 */
export function increaseWithin(
  points: readonly Point[],
  from: number,
  to: number,
  options: { readonly bornAtZero: boolean },
): number | null {
  const before = points.findLast((point) => point.at <= from);
  const inside = points.filter((point) => point.at > from && point.at <= to);
  if (before !== undefined) return increaseOf([before, ...inside]) ?? (inside.length === 0 ? 0 : null);
  if (inside.length === 0) return null;
  return increaseOf(options.bornAtZero ? [{ at: from, value: 0 }, ...inside] : inside);
}
