import type { ReleasePlanFacts } from '../flow/event.ts';
import type { ReleaseState } from './state.ts';

/** Percent of production traffic at a step: 0 is the stage, n is `canary.steps[n-1]`. */
export function weightOfStep(plan: ReleasePlanFacts, step: number): number {
  return step <= 0 ? 0 : (plan.config.canary.steps[step - 1] ?? 100);
}

/** The step after the one that was reached; null behind the last. */
export function nextStep(state: ReleaseState): number | null {
  const steps = state.plan?.config.canary.steps.length ?? 0;
  const next = Math.max(0, state.step) + 1;
  return next <= steps ? next : null;
}

/** Weight that `/promote next` means now; null when there is no further step. */
export function nextWeight(state: ReleaseState): number | null {
  const step = nextStep(state);
  return step === null || state.plan === null ? null : weightOfStep(state.plan, step);
}

/** Whether the Conductor takes the next step by itself. */
export function advancesAlone(state: ReleaseState): boolean {
  const advance = state.plan?.config.canary.advance ?? 'manual';
  const next = nextStep(state);
  if (typeof advance === 'string') return advance === 'auto';
  return next !== null && advance[next - 1] === 'auto';
}

export function isLastStep(state: ReleaseState): boolean {
  return state.step > 0 && nextStep(state) === null;
}

/** True when the step's least time is over and its evidence of health is complete. */
export function isStepReady(state: ReleaseState, now: number): boolean {
  return state.measuring?.verdict === 'ready' && soakLeft(state, now) === 0;
}

/** ms until the step's soak is over. */
export function soakLeft(state: ReleaseState, now: number): number {
  const soak = state.plan?.config.canary.soak ?? 0;
  return Math.max(0, state.stepSince + soak - now);
}
