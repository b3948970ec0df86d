import { createHash } from 'node:crypto';

const minute = 60_000;
/**
 * A look costs a dozen calls, one more for each further ruleset and two for each environment: 500 an hour stay within what
 * GitHub allows an installation of that size (5,000 calls, and 50 more for each repository beyond 20, up to 12,500), also
 * when no answer is known, and leave room for the rest.
 */
export const paceOfGovernance: Pace = { leastMinutes: 60, mostInAnHour: 500 };

/** How often repositories are looked at. */
export interface Pace {
  readonly leastMinutes: number;
  readonly mostInAnHour: number;
}

/** Minutes until every one of so many repositories has had its turn: whole rounds of the least time. */
export function roundOf(repositories: number, { leastMinutes, mostInAnHour }: Pace): number {
  const mostInARound = (mostInAnHour * leastMinutes) / 60;
  return leastMinutes * Math.max(1, Math.ceil(repositories / mostInARound));
}

/**
 * Those whose turn came after `since` and up to `now` (ms since the epoch). Each repository has a minute of its own in
 * every round of so many minutes, which its name decides: the same on every replica, and evenly spread. All, when a whole
 * round has passed.
 */
export function dueBetween<Item extends { readonly repository: string }>(
  all: readonly Item[],
  since: number,
  now: number,
  round: number = roundOf(all.length, paceOfGovernance),
): readonly Item[] {
  const [first, last] = [Math.floor(since / minute) + 1, Math.floor(now / minute)];
  if (last - first + 1 >= round) return all;
  return all.filter(({ repository }) => {
    const turn = slotOf(repository, round);
    const next = first + ((((turn - first) % round) + round) % round);
    return next <= last;
  });
}

function slotOf(repository: string, round: number): number {
  return createHash('sha256').update(repository).digest().readUInt32BE(0) % round;
}
