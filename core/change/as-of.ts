/** How new it is what GitHub said of a pull request. Times are ms since the epoch. */
export interface AsOf {
  /** GitHub's own time of the last change, in whole seconds. */
  readonly updatedAt: number;
  /** When the question was asked, by the clock that all replicas share. */
  readonly readAt: number;
}

/**
 * Whether somebody has seen something newer meanwhile. Readings overtake each other: of two workers the one that asked
 * first may decide last, and a replica of GitHub may be behind.
 */
export function isOutdated(seen: AsOf | undefined, known: AsOf | undefined): boolean {
  if (seen === undefined || known === undefined) return false;
  if (seen.updatedAt !== known.updatedAt) return seen.updatedAt < known.updatedAt;
  return seen.readAt < known.readAt;
}
