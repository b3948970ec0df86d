import type { Obstacle } from '../commands/obstacle.ts';
import { rerunRefusedText } from '../gate/rerun.ts';
import type { PromotionInput } from '../ports/policy-engine.ts';
import { changedArtifacts } from './artifacts.ts';
import { phaseText } from './phase.ts';
import type { ReleaseState } from './state.ts';
import { isStepReady, nextStepText, nextWeight, soakLeft, stepText } from './steps.ts';

/** What in the release's own state forbids the next step: all of it. `sha`: the commit that the command means. */
export function promoteObstacles(
  state: ReleaseState,
  sha: string | null,
  { step: { target_weight: target }, artifacts }: PromotionInput,
  now: number,
): readonly Obstacle[] {
  const found: Obstacle[] = [...changedArtifacts(state, artifacts)];
  if (sha !== null && !state.sha.startsWith(sha)) {
    found.push({
      code: 'HEAD_MOVED',
      message: `the command names ${sha.slice(0, 12)}, this release is ${state.sha.slice(0, 12)}`,
    });
  }
  if (state.hold !== null) {
    found.push({
      code: 'RELEASE_HELD',
      message: `held by ${state.hold.by}: ${state.hold.reason || 'no reason given'}`,
    });
  }
  const rerunning = (state.plan?.config.required_gates ?? []).filter((gate) => state.gates[gate]?.superseded);
  for (const gate of rerunning) {
    const refused = state.gates[gate]?.rerunRefused;
    found.push(
      refused === undefined
        ? { code: 'GATE_RERUNNING', message: `${gate} runs again; its older result does not count` }
        : { code: 'GATE_RERUN_REFUSED', message: `${gate}: ${rerunRefusedText(refused)}` },
    );
  }
  const phase = phaseObstacle(state);
  return phase !== null ? [...found, phase] : [...found, ...stepObstacles(state, target, now)];
}

/** Only between two steps can anything be promoted. */
function phaseObstacle(state: ReleaseState): Obstacle | null {
  switch (state.phase) {
    case 'stage_verified':
    case 'soaking':
      return null;
    case 'new':
    case 'planning':
    case 'queued':
    case 'gating':
    case 'staging':
    case 'verifying':
      return {
        code: 'STAGE_NOT_VERIFIED',
        message: `the release is ${state.phase}, the stage is not verified yet`,
      };
    case 'shifting':
    case 'finishing':
      return { code: 'STEP_IN_PROGRESS', message: `the release is ${state.phase}` };
    case 'rolling_back':
    case 'rollback_failed':
      return { code: 'ROLLBACK_IN_PROGRESS', message: 'the release is being rolled back' };
    case 'ignored':
    case 'rejected':
    case 'observing':
    case 'closed':
    case 'rolled_back':
    case 'halted':
    case 'superseded':
      return ended(state);
  }
}

function stepObstacles(state: ReleaseState, target: number | null, now: number): readonly Obstacle[] {
  const next = nextWeight(state);
  const { plan, step, weight } = state;
  const reached = plan === null || step < 1 ? `${weight} %` : stepText(plan, step);
  if (target === null || next === null) {
    return [{ code: 'NO_FURTHER_STEP', message: `the release is at ${reached}, there is no further step` }];
  }
  const order = `after ${reached} comes ${nextStepText(state)}`;
  if (target > next) {
    return [{ code: 'STEP_SKIPPED', message: `${order}, not ${target} %` }];
  }
  if (target < next) {
    const code = target <= state.weight ? 'STEP_ALREADY_REACHED' : 'UNKNOWN_STEP';
    return [{ code, message: `${order}, not ${target} %` }];
  }
  if (state.phase === 'stage_verified' || isStepReady(state, now)) return [];
  return [{ code: 'NOT_READY', message: whyNotReady(state, now) }];
}

/** What the step still has to show, for the reply and the status. */
export function whyNotReady(state: ReleaseState, now: number): string {
  const soak = soakLeft(state, now);
  const parts = soak > 0 ? [`${Math.ceil(soak / 1_000)} s of the soak are left`] : [];
  if (state.measuring === null) return [...parts, 'nothing was measured yet'].join('; ');
  if (state.measuring.verdict === 'ready') return parts.join('; ');
  const open = state.measuring.reasons.map(({ message }) => message);
  return [...parts, ...(open.length === 0 ? ['nothing was measured yet'] : open)].join('; ');
}

/** Nothing changes a release that has ended. */
export function ended(state: ReleaseState): Obstacle {
  return {
    code: 'RELEASE_ENDED',
    message: `this release is ${phaseText[state.phase]}; nothing can be changed any more`,
  };
}
