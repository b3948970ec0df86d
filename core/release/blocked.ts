import type { ReleaseState } from './state.ts';

/** Reasons that lie in the environment and not in this release: they end without it. */
const outside = ['FAILURE_UNRESOLVED', 'ENVIRONMENT_LOCKED', 'LOCK_UNREADABLE', 'FREEZE', 'OUTSIDE_WINDOW'];

/**
 * What blocks the release at its present step, as the last attempt to promote it was told: an earlier failure, a lock,
 * a freeze. Being blocked is no phase: the release is measured on and can go back.
 */
export function blockedBy({ phase, hold, approvals, stepSince }: ReleaseState): readonly string[] {
  if (hold !== null || (phase !== 'stage_verified' && phase !== 'soaking')) return [];
  const last = approvals.findLast(({ command }) => command === 'promote');
  if (last === undefined || last.decision !== 'denied' || last.at < stepSince) return [];
  return last.reasons.filter((reason) => outside.includes(reason.split(':', 1)[0] ?? ''));
}
