import type { Command, CommandOptions } from '../commands/command.ts';
import { noOptions } from '../commands/command.ts';
import { awaitingApproval } from '../commands/desk/approval.ts';
import { optionsOf } from '../commands/desk/issued.ts';
import type { Demand, PendingCommand } from '../commands/desk/state.ts';
import type { AccessFacts, PromotionFactsFromState } from '../commands/effect.ts';
import { type Permission, permissionOf } from '../commands/permission.ts';
import { ladderOf } from '../config/waves.ts';
import type { Effect } from '../flow/effect.ts';
import { isHotfix } from './lane.ts';
import { exceptionsOf } from './overrides.ts';
import type { ReleaseState } from './state.ts';
import { environmentOfStep, nextStep, nextWeight } from './steps.ts';

/** What the release tells the assessor of a command about itself. */
export function factsFor(
  state: ReleaseState,
  command: Command,
  now: number,
  access: AccessFacts = accessOf(noOptions, null),
): PromotionFactsFromState {
  const config = state.plan?.config;
  const { environment, currentWeight, steps } = placeOfCommand(state, command.name);
  return {
    release: state.tag,
    sha: state.sha,
    environment,
    currentWeight,
    targetWeight: targetWeight(state, command),
    requiredGates: config?.required_gates ?? [],
    phase: state.phase,
    steps,
    maxGateAgeMs: config?.max_gate_age ?? 0,
    promoteOnlyIf: config?.promote_only_if ?? null,
    artifacts: command.name === 'promote' ? (config?.artifacts ?? []) : [],
    releaseId: state.releaseId,
    calendar: { windows: config?.windows ?? [], freezes: config?.freezes ?? [] },
    hotfix: isHotfix(state),
    blockAfterFailure: config?.block_after_failure ?? true,
    author: state.startedBy,
    previousSha: state.plan?.previous?.commit ?? null,
    access,
    exceptions: exceptionsOf(state, now),
    permission: {
      ...releasePermission(state, permissionSubject(state, command)),
      obligations: releasePermission(state, command.name).obligations,
    },
    approvers: approversOf(state, command.name),
  };
}

/**
 * The production environment that a command is about, with what the version has of its traffic and the steps there. A
 * promotion is about the next step's, everything else about the one that was reached.
 */
export function placeOfCommand(
  state: ReleaseState,
  command: Command['name'],
): Pick<PromotionFactsFromState, 'environment' | 'currentWeight' | 'steps'> {
  const { plan } = state;
  if (plan === null) return { environment: '', currentWeight: state.weight, steps: [] };
  const reached = environmentOfStep(plan, Math.max(1, state.step));
  const isAhead = command === 'promote' || command === 'why';
  const next = isAhead ? nextStep(state) : null;
  const environment = next === null ? reached : environmentOfStep(plan, next);
  return {
    environment,
    currentWeight: environment === reached ? state.weight : 0,
    steps: ladderOf(plan.config).flatMap((rung) => (rung.environment === environment ? [rung.weight] : [])),
  };
}

/** Before a release has a config nobody may change it. */
export function releasePermission(state: ReleaseState, command: Command['name']): Permission {
  const { environment } = placeOfCommand(state, command);
  return permissionOf(state.plan?.config.permissions ?? null, command, environment);
}

/** An approval needs the permission of what it approves, unless the config names approvers. */
function permissionSubject(state: ReleaseState, command: Command): Command['name'] {
  if (command.name !== 'approve' || namesApprovers(state)) return command.name;
  return awaitingApproval(state)[0]?.command.name ?? command.name;
}

/** Who may approve that command. */
function approversOf(state: ReleaseState, command: Command['name']): Permission {
  return releasePermission(state, namesApprovers(state) ? 'approve' : command);
}

function namesApprovers({ plan }: ReleaseState): boolean {
  return plan?.config.permissions.approve !== undefined;
}

/** What was done for a command beside writing it. */
export function accessOf({ reason }: CommandOptions, demand: Demand | null): AccessFacts {
  const { stepUp, approvals } = demand ?? { stepUp: null, approvals: [] };
  return { reason, stepUp: stepUp && { login: stepUp.login, at: stepUp.at }, approvals };
}

/** The weight that a command asks for, or asks about; null when it asks for none or there is no next one. */
export function targetWeight(state: ReleaseState, command: Command): number | null {
  if (command.name === 'rollback') return 0;
  if (command.name === 'why') return nextWeight(state);
  if (command.name !== 'promote') return null;
  return command.weight === 'next' ? nextWeight(state) : command.weight;
}

/** The effect that reads who may do what at this moment; `demand` when the command waits already. */
export function assessmentOf(
  state: ReleaseState,
  now: number,
  pending: PendingCommand,
  demand: Demand | null,
): Effect {
  const { command, options, actor, source } = pending;
  return {
    kind: 'assessCommand',
    command,
    ...(options && { options }),
    actor,
    source,
    round: demand?.round ?? 0,
    facts: factsFor(state, command, now, accessOf(optionsOf(pending), demand)),
  };
}
