import { productionEnvironments } from '../config/waves.ts';
import { codeSpan, inlineText } from '../gate/markdown.ts';
import { checkNameOf } from '../gate/names.ts';
import { gatesNotPassed } from './gates.ts';
import { observedUntil } from './observation.ts';
import { isGoingBack } from './phase.ts';
import { preflightObstacles } from './preflight.ts';
import { whyNotReady } from './promote-obstacles.ts';
import type { ReleaseState } from './state.ts';
import {
  environmentOfStep,
  isLastStep,
  isStepReady,
  nextStep,
  nextStepText,
  nextWeight,
  stepText,
} from './steps.ts';

/** What happens next and who has to act. `live`: with the numbers of this moment. */
export function nextText(state: ReleaseState, now: number, live: boolean): string {
  if (state.phase === 'rolled_back') return 'fix the cause and tag a new version.';
  if (state.hold !== null && !isGoingBack(state.phase))
    return 'settle the reason of the hold, then `/resume`.';
  switch (state.phase) {
    case 'new':
    case 'planning':
      return 'reading the config and the changes of the tagged commit.';
    case 'ignored':
      return 'nothing, the tag is no release.';
    case 'rejected':
      return 'correct these problems and tag a new version:';
    case 'queued':
      return 'waiting until the release under way has ended.';
    case 'gating':
      return gatingText(state, now);
    case 'staging':
      return 'waiting for the stage deployment.';
    case 'verifying':
      return 'watching the stage.';
    case 'stage_verified':
      return `waiting for \`/promote ${nextWeight(state)}\`${whereText(state)}.`;
    case 'shifting':
      return `waiting for the deployment of ${shiftingText(state)}.`;
    case 'soaking':
      return soakingText(state, now, live);
    case 'finishing':
      return 'packing, attaching and verifying the evidence, then publishing.';
    case 'observing':
      return `observed until ${new Date(observedUntil(state)).toISOString()}; \`/rollback\` still works.`;
    case 'closed':
      return 'nothing, the release is GA and was observed.';
    case 'rolling_back':
      return 'waiting for the rollback deployment.';
    case 'rollback_failed':
      return 'move the traffic back by hand, then `/rollback` so that it is confirmed.';
    case 'halted':
      return 'tag a new version.';
    case 'superseded':
      return 'nothing, a newer release took its place.';
  }
}

function gatingText(state: ReleaseState, now: number): string {
  const gates = gatesNotPassed(state, now).map((gate) => `\`${checkNameOf[gate]}\``);
  if (gates.length > 0) return `waiting for ${gates.join(', ')} to pass for exactly this commit.`;
  if (state.preflight === null) return 'reading what is verified before a deployment.';
  const open = preflightObstacles(state).map(({ name }) => name);
  return open.length === 0
    ? 'reading what is verified before a deployment.'
    : `waiting for: ${open.join(', ')}.`;
}

function soakingText(state: ReleaseState, now: number, live: boolean): string {
  const ready = isStepReady(state, now);
  if (isLastStep(state))
    return `final soak${ready || !live ? '' : `: ${inlineText(whyNotReady(state, now))}`}.`;
  if (ready) return `ready, waiting for \`/promote ${nextWeight(state)}\`${whereText(state)}.`;
  return `measuring before ${nextStepText(state)}${live ? `: ${inlineText(whyNotReady(state, now))}` : ''}.`;
}

/** Where the next step takes place, in a release with several production environments. */
function whereText(state: ReleaseState): string {
  const { plan } = state;
  const next = nextStep(state);
  if (plan === null || next === null || productionEnvironments(plan.config).length === 1) return '';
  return ` (${codeSpan(environmentOfStep(plan, next))})`;
}

function shiftingText({ plan, deployment }: ReleaseState): string {
  return plan === null || deployment === null ? 'the next step' : stepText(plan, deployment.step);
}
