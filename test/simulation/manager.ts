import { gatesNotPassed } from '../../core/release/gates.ts';
import { hasLeftTheWay } from '../../core/release/phase.ts';
import type { ReleaseState } from '../../core/release/state.ts';
import { isLastStep, isStepReady } from '../../core/release/steps.ts';
import type { People } from './people.ts';

/**
 * Looks at every release once a minute: a release manager promotes by hand where the config says so, and once the
 * trouble is over an operator runs gates again, ends holds and resolves failures.
 */
export function manage(
  releases: readonly ReleaseState[],
  people: People,
  now: number,
  isCalm: boolean,
): void {
  for (const release of releases) {
    const { tag, phase, hold, plan } = release;
    // A failed release keeps the way closed until somebody says that its cause is understood.
    if (isCalm && phase === 'rolled_back' && isFailed(release)) people.comment(tag, 'alice', '/resume');
    if (hasLeftTheWay(phase) || plan === null) continue;
    if (isCalm && gatesNotPassed(release, now).length > 0) {
      for (const gate of plan.config.required_gates) people.runGate(tag, gate, 'pass');
    }
    if (isCalm && releases.some((other) => other.tag !== tag && isFailed(other))) {
      people.comment(tag, 'alice', '/unblock understood');
    } else if (hold !== null && isCalm) {
      people.comment(tag, 'alice', phase === 'rollback_failed' ? '/rollback try again' : '/resume');
    } else if (hold === null && plan.config.canary.advance === 'manual' && isPromotable(release, now)) {
      people.comment(tag, 'mia', '/promote next');
    }
  }
}

function isFailed({ failure }: ReleaseState): boolean {
  return failure?.resolvedBy === null;
}

function isPromotable(release: ReleaseState, now: number): boolean {
  if (release.phase === 'stage_verified') return true;
  return release.phase === 'soaking' && !isLastStep(release) && isStepReady(release, now);
}
