import { hasEnded, type Phase, phases, phaseText } from './phase.ts';

/** One arrow of the state machine. `on` names it in the drawing and in the audit log. */
export interface Transition {
  readonly from: Phase;
  readonly to: Phase;
  readonly on: string;
}

/** Every transition that the machine may take. The drawing is made from this table and a test walks along it. */
export const transitions: readonly Transition[] = [
  { from: 'new', to: 'planning', on: 'tag pushed' },
  { from: 'planning', to: 'ignored', on: 'not a release tag' },
  { from: 'planning', to: 'rejected', on: 'no valid plan' },
  { from: 'planning', to: 'queued', on: 'another release is under way' },
  { from: 'queued', to: 'planning', on: 'the way is free' },
  { from: 'planning', to: 'gating', on: 'plan loaded' },
  { from: 'gating', to: 'staging', on: 'required gates passed' },
  { from: 'staging', to: 'verifying', on: 'stage deployed' },
  { from: 'verifying', to: 'staging', on: 'stage is tried again' },
  { from: 'verifying', to: 'stage_verified', on: 'stage verified' },
  { from: 'stage_verified', to: 'shifting', on: 'promotion allowed' },
  { from: 'shifting', to: 'soaking', on: 'weight reached' },
  { from: 'soaking', to: 'shifting', on: 'promotion allowed' },
  { from: 'soaking', to: 'finishing', on: 'final soak passed' },
  { from: 'finishing', to: 'observing', on: 'published, GA' },
  { from: 'observing', to: 'closed', on: 'observed for observe_after_ga' },
  { from: 'shifting', to: 'rolling_back', on: 'deployment failed or rollback ordered' },
  { from: 'soaking', to: 'rolling_back', on: 'breach or rollback ordered' },
  { from: 'finishing', to: 'rolling_back', on: 'rollback ordered' },
  { from: 'rolling_back', to: 'rolled_back', on: 'traffic is back' },
  { from: 'rolling_back', to: 'rollback_failed', on: 'rollback deployment failed' },
  { from: 'rollback_failed', to: 'rolling_back', on: 'rollback ordered again' },
  { from: 'shifting', to: 'stage_verified', on: 'first step failed, nothing to go back to' },
  { from: 'shifting', to: 'soaking', on: 'step failed, nothing to go back to' },
  { from: 'queued', to: 'halted', on: 'tag moved' },
  { from: 'planning', to: 'halted', on: 'tag moved' },
  { from: 'gating', to: 'halted', on: 'tag moved' },
  { from: 'staging', to: 'halted', on: 'tag moved' },
  { from: 'verifying', to: 'halted', on: 'tag moved' },
  { from: 'stage_verified', to: 'halted', on: 'tag moved' },
  { from: 'planning', to: 'superseded', on: 'a newer release takes its place' },
  { from: 'queued', to: 'superseded', on: 'a newer release takes its place' },
  { from: 'gating', to: 'superseded', on: 'a newer release takes its place' },
  { from: 'staging', to: 'superseded', on: 'a newer release takes its place' },
  { from: 'verifying', to: 'superseded', on: 'a newer release takes its place' },
  { from: 'stage_verified', to: 'superseded', on: 'a newer release takes its place' },
  { from: 'observing', to: 'rolling_back', on: 'rollback ordered' },
];

export function isTransition(from: Phase, to: Phase): boolean {
  return transitions.some((transition) => transition.from === from && transition.to === to);
}

/** The table as a Mermaid state diagram; arrows between the same two phases are merged. */
export function transitionsAsMermaid(): string {
  const arrows = new Map<string, string[]>();
  for (const { from, to, on } of transitions) {
    const arrow = `${from} --> ${to}`;
    arrows.set(arrow, [...(arrows.get(arrow) ?? []), on]);
  }
  const lines = [...arrows].map(([arrow, labels]) => `  ${arrow}: ${labels.join(' / ')}`);
  const names = phases.map((phase) => `  state "${phaseText[phase]}" as ${phase}`);
  const ends = phases.filter(hasEnded).map((phase) => `  ${phase} --> [*]`);
  return ['stateDiagram-v2', ...names, '  [*] --> new', ...lines, ...ends].join('\n');
}
