import type { Command } from '../commands/command.ts';
import { approvalObstacles } from '../commands/desk/approval.ts';
import type { PendingCommand } from '../commands/desk/state.ts';
import type { Obstacle } from '../commands/obstacle.ts';
import type { GateName } from '../gate/names.ts';
import type { PromotionAssessment, PromotionInput } from '../ports/policy-engine.ts';
import { observedUntil } from './observation.ts';
import { hasLeftTheWay, hasTraffic, isGoingBack } from './phase.ts';
import { ended, promoteObstacles } from './promote-obstacles.ts';
import type { ReleaseState } from './state.ts';

/**
 * What in the release's own state forbids a command at this moment: all of it, not only the first. The policy's
 * reasons come on top. Asked when the assessment has come back, because the world may have moved meanwhile.
 */
export function obstaclesOf(
  state: ReleaseState,
  { command, actor }: Pick<PendingCommand, 'command' | 'actor'>,
  assessment: PromotionAssessment,
  now: number,
  activeRelease: string | null = null,
): readonly Obstacle[] {
  if (assessment.input.release.sha !== state.sha || assessment.input.release.tag !== state.tag) {
    return [{ code: 'HEAD_MOVED', message: 'the assessment was made for another commit' }];
  }
  switch (command.name) {
    case 'promote':
      return promoteObstacles(state, command.sha, assessment.input, now);
    case 'why':
      return promoteObstacles(state, null, assessment.input, now);
    case 'rollback':
      return rollbackObstacles(state, now, activeRelease);
    case 'abort':
      return abortObstacles(state);
    case 'hold':
    case 'escalate':
      return hasLeftTheWay(state.phase) ? [ended(state)] : [];
    case 'resume':
      return resumeObstacles(state);
    case 'lock':
      return state.plan === null ? [notPlanned] : lockObstacles(assessment.input);
    case 'unlock':
      return assessment.input.lock.state === 'free'
        ? [{ code: 'NOT_LOCKED', message: 'the environment is not locked' }]
        : [];
    case 'unblock':
      return unblockObstacles(state, assessment.input);
    case 'override':
      return overrideObstacles(state, command.gate);
    case 'gates':
      return rerunObstacles(state, command.rerun);
    case 'approve':
      return approvalObstacles(state, command.sha, actor.login, state.startedBy);
    case 'reject':
      return state.demands.length > 0
        ? []
        : [{ code: 'NOTHING_TO_REJECT', message: 'no command waits for anything' }];
    case 'flags':
      return flagsObstacles(state, command);
    // A pull request hears it; the desk of a release has refused its place.
    case 'preview':
    case 'plan':
    case 'status':
    case 'whocan':
    case 'help':
      return [];
  }
}

/** A flag is killed or restored in any release with a plan that says how. */
function flagsObstacles(
  { plan, flags }: ReleaseState,
  { action, flag }: Extract<Command, { name: 'flags' }>,
): readonly Obstacle[] {
  if (plan === null) return [notPlanned];
  if (plan.config.flags === undefined) {
    return [{ code: 'FLAGS_NOT_CONFIGURED', message: '`release.flags` of this release names no provider' }];
  }
  const isKilled = flag !== null && flags?.killed[flag] !== undefined;
  if (action === 'kill' && isKilled) return [{ code: 'FLAG_KILLED', message: `${flag} is killed already` }];
  return [];
}

function rollbackObstacles(
  state: ReleaseState,
  now: number,
  activeRelease: string | null,
): readonly Obstacle[] {
  const found: Obstacle[] = [];
  if (state.phase === 'rolling_back') {
    return [{ code: 'ROLLBACK_IN_PROGRESS', message: 'the release is already being rolled back' }];
  }
  if (state.phase === 'observing') return afterGaObstacles(state, now, activeRelease);
  if (hasLeftTheWay(state.phase)) return [ended(state)];
  if (!hasTraffic(state.phase) && state.phase !== 'rollback_failed') {
    return [{ code: 'NOTHING_TO_ROLL_BACK', message: 'no production traffic was given to this version yet' }];
  }
  if (state.plan?.previous === null) {
    found.push({ code: 'NO_VERIFIED_VERSION', message: 'there is no verified version to go back to' });
  }
  return found;
}

/** After GA a release can still go back while it is observed and nothing newer is under way. */
function afterGaObstacles(
  state: ReleaseState,
  now: number,
  activeRelease: string | null,
): readonly Obstacle[] {
  if (now >= observedUntil(state)) return [ended(state)];
  if (activeRelease !== null) {
    return [{ code: 'NEWER_RELEASE', message: `${activeRelease} is under way; roll that one back` }];
  }
  if (state.plan?.previous === null) {
    return [{ code: 'NO_VERIFIED_VERSION', message: 'there is no verified version to go back to' }];
  }
  return [];
}

const notPlanned: Obstacle = {
  code: 'RELEASE_NOT_PLANNED',
  message: 'this release has no plan, so it knows no environment to lock',
};

function lockObstacles({ lock, actor }: PromotionInput): readonly Obstacle[] {
  const isMine = lock.owner?.toLowerCase() === actor.login.toLowerCase();
  if (lock.state !== 'held' || isMine) return [];
  return [{ code: 'ENVIRONMENT_LOCKED', message: `already locked by ${lock.owner}: ${lock.reason}` }];
}

function resumeObstacles(state: ReleaseState): readonly Obstacle[] {
  if (state.phase === 'rolled_back' && state.failure?.resolvedBy === null) return [];
  if (hasLeftTheWay(state.phase)) return [ended(state)];
  if (state.hold === null) return [{ code: 'NOT_HELD', message: 'the release is not held' }];
  if (isGoingBack(state.phase)) {
    return [{ code: 'ROLLBACK_IN_PROGRESS', message: 'the rollback has to end first' }];
  }
  return [];
}

function abortObstacles(state: ReleaseState): readonly Obstacle[] {
  if (isGoingBack(state.phase)) {
    return [{ code: 'ROLLBACK_IN_PROGRESS', message: 'the release is being rolled back already' }];
  }
  if (hasLeftTheWay(state.phase)) return [ended(state)];
  if (hasTraffic(state.phase) && state.plan?.previous === null) {
    return [{ code: 'NO_VERIFIED_VERSION', message: 'there is no verified version to go back to' }];
  }
  return [];
}

function unblockObstacles(state: ReleaseState, { unresolved }: PromotionInput): readonly Obstacle[] {
  const isOwn = state.failure !== null && state.failure.resolvedBy === null;
  if (isOwn || unresolved !== null) return [];
  return [{ code: 'NOTHING_BLOCKS', message: 'no failed release stands in the way' }];
}

function overrideObstacles(state: ReleaseState, gate: GateName): readonly Obstacle[] {
  if (hasLeftTheWay(state.phase) || isGoingBack(state.phase)) return [ended(state)];
  if (state.plan?.config.required_gates.includes(gate)) return [];
  return [{ code: 'GATE_UNKNOWN', message: `${gate} is no required gate of this release` }];
}

function rerunObstacles(state: ReleaseState, gate: GateName | 'all' | null): readonly Obstacle[] {
  if (hasLeftTheWay(state.phase) || isGoingBack(state.phase)) return [ended(state)];
  const records = gate === 'all' ? Object.values(state.gates) : gate === null ? [] : [state.gates[gate]];
  if (records.some((record) => record !== undefined && record.runId !== null)) return [];
  return [{ code: 'GATE_NEVER_RAN', message: 'no workflow run has reported it for this commit yet' }];
}
