import type { ReleaseChange } from './change.ts';

/**
 * The changes that are left when reverts and what they took back cancel each other. Newest first, as they came: so the
 * revert of a revert cancels that one first, and the original stays. A revert of something older stays in the list.
 */
export function withoutReverted(changes: readonly ReleaseChange[]): {
  readonly kept: readonly ReleaseChange[];
  readonly cancelled: readonly ReleaseChange[];
} {
  const gone = new Set<ReleaseChange>();
  changes.forEach((change, index) => {
    if (change.reverts === undefined || gone.has(change)) return;
    const target = changes.slice(index + 1).find((older) => !gone.has(older) && isTakenBack(older, change));
    if (target === undefined) return;
    gone.add(change);
    gone.add(target);
  });
  return { kept: changes.filter((change) => !gone.has(change)), cancelled: [...gone] };
}

function isTakenBack(older: ReleaseChange, { reverts }: ReleaseChange): boolean {
  if (reverts === undefined) return false;
  const { sha, pullRequest, title } = reverts;
  if (sha !== null && sha.length >= 7 && older.sha.startsWith(sha)) return true;
  if (pullRequest !== null && older.pullRequest === pullRequest) return true;
  if (sha !== null || pullRequest !== null) return false;
  return title !== null && plain(older.title) === plain(title);
}

/** A squashed title has its number behind it, the title of a revert has not always. */
function plain(title: string): string {
  return title.replace(/\s*\(#\d+\)/g, '').trim();
}
