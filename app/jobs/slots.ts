import { createHash } from 'node:crypto';

const minute = 60_000;
/**
 * A look costs a dozen calls, one more for each further ruleset and two for each environment: 500 an hour stay within what
 * GitHub allows an installation of that size (5,000 calls, and 50 more for each repository beyond 20, up to 12,500), also
 * when no answer is known, and leave room for the rest.
 */
const mostInAnHour = 500;

/** Minutes until every one of so many repositories has had its turn: an hour, or longer when they are very many. */
export function roundOf(repositories: number): number {
  return 60 * Math.max(1, Math.ceil(repositories / mostInAnHour));
}

/**
 * Those whose turn came after `since` and up to `now` (ms since the epoch). Each repository has a minute of its own in
 * every round, which its name decides: the same on every replica, and evenly spread. All, when a whole round has passed.
 */
export function dueBetween<Item extends { readonly repository: string }>(
  all: readonly Item[],
  since: number,
  now: number,
): readonly Item[] {
  const round = roundOf(all.length);
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
