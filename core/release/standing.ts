import type { PromotionInput } from '../ports/policy-engine.ts';
import type { LockNote } from './hindrance.ts';
import type { ReleaseState } from './state.ts';

type Remembered = Pick<ReleaseState, 'tag' | 'way' | 'lock' | 'failure'>;

/** What the releases of one way say about production at `now`, ms since the epoch. */
export interface Standing {
  readonly lock: PromotionInput['lock'];
  readonly unresolved: PromotionInput['unresolved'];
}

/** When the releases could not be read nothing is known, and a lock that cannot be read blocks. */
export const unreadableStanding: Standing = {
  lock: { state: 'unreadable', owner: null, reason: null },
  unresolved: null,
};

/**
 * The newest lock that has not expired, and the newest failure of another release that is not resolved, on the way of
 * the release `tag`. `all` are the releases of the repository, that one among them.
 */
export function standingOf(all: readonly Remembered[], tag: string, now: number): Standing {
  const own = all.find((release) => release.tag === tag);
  if (own === undefined) return unreadableStanding;
  const releases = all.filter(({ way }) => way === own.way);
  const newest = releases
    .flatMap(({ lock }) => lock ?? [])
    .reduce<LockNote | null>((best, note) => (best === null || isNewer(note, best) ? note : best), null);
  const held = newest !== null && newest.state === 'held' && now < newest.until;
  const failed = releases
    .flatMap(({ tag: release, failure }) => (failure ? [{ release, ...failure }] : []))
    .filter(({ release, resolvedBy }) => release !== tag && resolvedBy === null)
    .toSorted((a, b) => b.at - a.at)[0];
  return {
    lock: held
      ? { state: 'held', owner: newest.owner, reason: newest.reason }
      : { state: 'free', owner: null, reason: null },
    unresolved: failed === undefined ? null : { release: failed.release, reason: failed.reason },
  };
}

/** Of two words at the same moment the lock counts: to be safe. */
function isNewer(a: LockNote, b: LockNote): boolean {
  return a.at > b.at || (a.at === b.at && a.state === 'held');
}
