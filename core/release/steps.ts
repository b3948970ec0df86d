import { ladderOf, productionEnvironments, type Rung } from '../config/waves.ts';
import type { ReleasePlanFacts } from '../flow/event.ts';
import { inlineText } from '../gate/markdown.ts';
import { isOver } from './progress.ts';
import type { ReleaseState } from './state.ts';

/** Percent of production traffic at a step: 0 is the stage, n is the nth rung of the ladder. */
export function weightOfStep(plan: ReleasePlanFacts, step: number): number {
  return step <= 0 ? 0 : (ladderOf(plan.config)[step - 1]?.weight ?? 100);
}

/** Where a step takes place. */
export function environmentOfStep({ config }: ReleasePlanFacts, step: number): string {
  if (step <= 0) return config.stage_environment;
  return ladderOf(config)[step - 1]?.environment ?? config.production_environment;
}

/** A step for people: `10 %`, and where there are several production environments `10 % of production-eu`. */
export function stepText(plan: ReleasePlanFacts, step: number): string {
  return inlineText(placeOfStep(plan, step));
}

/** The same where nothing is read as Markdown. */
export function placeOfStep(plan: ReleasePlanFacts, step: number): string {
  const weight = `${weightOfStep(plan, step)} %`;
  const isOnly = productionEnvironments(plan.config).length === 1;
  return isOnly ? weight : `${weight} of ${environmentOfStep(plan, step)}`;
}

/** Percent of the traffic of all production environments together at a step. */
export function shareOfStep({ config }: ReleasePlanFacts, step: number): number {
  const reached = new Map(productionEnvironments(config).map((environment) => [environment, 0]));
  for (const { environment, weight } of ladderOf(config).slice(0, step)) reached.set(environment, weight);
  return [...reached.values()].reduce((sum, weight) => sum + weight, 0) / reached.size;
}

/** The production environments that a release has reached or was on its way to, the newest first. */
export function touchedEnvironments({ plan, step, deployment }: ReleaseState): readonly string[] {
  if (plan === null) return [];
  const ordered = deployment?.task === 'promote' ? deployment.step : 0;
  const rungs = ladderOf(plan.config).slice(0, Math.max(step, ordered));
  return [...new Set(rungs.map(({ environment }) => environment))].reverse();
}

/** What the version has of each production environment's traffic, percent, as last confirmed. */
export function trafficOf(state: ReleaseState): readonly Rung[] {
  const { plan, step, weight } = state;
  if (plan === null) return [];
  const environments = productionEnvironments(plan.config);
  const reached = environments.indexOf(environmentOfStep(plan, Math.max(1, step)));
  const before = weight === 0 ? 0 : 100;
  const back = givenBack(state);
  return environments.map((environment, index) => {
    const confirmed = index < reached ? before : index === reached ? weight : 0;
    return { environment, weight: back.includes(environment) ? 0 : confirmed };
  });
}

/** The environments that have been given back on a way back that may not have ended. */
function givenBack(state: ReleaseState): readonly string[] {
  const { deployment, restoring } = state;
  if (deployment?.task !== 'rollback' || restoring == null) return [];
  const open = [
    ...restoring.left,
    ...restoring.failed,
    ...(isOver(deployment) ? [] : [deployment.environment]),
  ];
  return touchedEnvironments(state).filter((environment) => !open.includes(environment));
}

/** The step after the one that was reached; null behind the last. */
export function nextStep(state: ReleaseState): number | null {
  const steps = state.plan === null ? 0 : ladderOf(state.plan.config).length;
  const next = Math.max(0, state.step) + 1;
  return next <= steps ? next : null;
}

/** The next step for people; empty when there is none. */
export function nextStepText(state: ReleaseState): string {
  const step = nextStep(state);
  return step === null || state.plan === null ? '' : stepText(state.plan, step);
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
