import { definitionOf } from '../commands/registry.ts';
import type { PromotionFactsFromState } from '../flow/effect.ts';
import type { ReleaseCommand } from '../flow/event.ts';
import type { ReleaseDraft } from './draft.ts';
import { isHotfix } from './lane.ts';
import type { PendingAssessment, ReleaseState } from './state.ts';
import { nextWeight } from './steps.ts';

/** Asks whether the command may run: permissions, gates and policy are read when the effect is performed. */
export function requestAssessment(draft: ReleaseDraft, key: string, pending: PendingAssessment): void {
  const { command, actor, source } = pending;
  draft.set({ assessing: { ...draft.state.assessing, [key]: pending } });
  const id = key === 'auto' ? `assess/auto/${draft.next('assess-auto')}` : `assess/${key}`;
  draft.emit(id, { kind: 'assessCommand', command, actor, source, facts: factsFor(draft.state, command) });
}

export function assessmentDone(draft: ReleaseDraft, key: string): void {
  const { [key]: _done, ...assessing } = draft.state.assessing;
  draft.set({ assessing });
}

export function factsFor(state: ReleaseState, command: ReleaseCommand): PromotionFactsFromState {
  const config = state.plan?.config;
  const { permission } = definitionOf(command.name);
  return {
    release: state.tag,
    sha: state.sha,
    environment: config?.production_environment ?? '',
    currentWeight: state.weight,
    targetWeight: targetWeight(state, command),
    requiredGates: config?.required_gates ?? [],
    phase: state.phase,
    steps: config?.canary.steps ?? [],
    maxGateAgeMs: config?.max_gate_age ?? 0,
    promoteOnlyIf: config?.promote_only_if ?? null,
    artifacts: command.name === 'promote' ? (config?.artifacts ?? []) : [],
    releaseId: state.releaseId,
    calendar: { windows: config?.windows ?? [], freezes: config?.freezes ?? [] },
    hotfix: isHotfix(state),
    blockAfterFailure: config?.block_after_failure ?? true,
    permissions:
      config === undefined || permission === 'everybody'
        ? { roles: [], teams: [], users: [] }
        : config.permissions[permission],
  };
}

/** The weight that a command asks for; null when it asks for none or there is no next one. */
export function targetWeight(state: ReleaseState, command: ReleaseCommand): number | null {
  if (command.name === 'rollback') return 0;
  if (command.name !== 'promote') return null;
  return command.weight === 'next' ? nextWeight(state) : command.weight;
}
