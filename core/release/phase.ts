/**
 * Where a release stands. Being held or blocked is no phase: a release is held *in* a phase, goes on measuring there
 * and can always be rolled back.
 */
export const phases = [
  'new',
  'planning',
  'ignored',
  'rejected',
  'queued',
  'gating',
  'staging',
  'verifying',
  'stage_verified',
  'shifting',
  'soaking',
  'finishing',
  'observing',
  'closed',
  'rolling_back',
  'rollback_failed',
  'rolled_back',
  'halted',
  'superseded',
] as const;
export type Phase = (typeof phases)[number];

/** The phases in people's words: in the status, on the pages and in the drawing. */
export const phaseText: Readonly<Record<Phase, string>> = {
  new: 'new',
  planning: 'planning',
  ignored: 'not a release',
  rejected: 'rejected',
  queued: 'planned, queued',
  gating: 'planned, gating',
  staging: 'stage canary: deploying',
  verifying: 'stage canary: verifying',
  stage_verified: 'stage verified',
  shifting: 'production: shifting traffic',
  soaking: 'production: observing the canary',
  finishing: 'production: packing the evidence',
  observing: 'GA, observing',
  closed: 'GA, closed',
  rolling_back: 'rolling back',
  rollback_failed: 'failed rollback',
  rolled_back: 'rolled back',
  halted: 'halted',
  superseded: 'superseded',
};

const endedPhases: readonly Phase[] = [
  'ignored',
  'rejected',
  'closed',
  'rolled_back',
  'halted',
  'superseded',
];

/** Nothing more will happen to the release. */
export function hasEnded(phase: Phase): boolean {
  return endedPhases.includes(phase);
}

/** It has ended, or is GA and only observed: another release may go its way, and nothing but a rollback changes it. */
export function hasLeftTheWay(phase: Phase): boolean {
  return phase === 'observing' || hasEnded(phase);
}

/** Its version is verified: the canary was healthy at every step and its evidence was published. */
export function hasReachedGa(phase: Phase): boolean {
  return phase === 'observing' || phase === 'closed';
}

/** Production may carry traffic of this version beside the verified one. */
export function hasTraffic(phase: Phase): boolean {
  return phase === 'shifting' || phase === 'soaking' || phase === 'finishing';
}

/** On its way back to the last verified version, or stuck on it. */
export function isGoingBack(phase: Phase): boolean {
  return phase === 'rolling_back' || phase === 'rollback_failed';
}
