import type { ReleaseState } from './state.ts';

/** When the observation after GA ends, ms since the epoch: until then `/rollback` still works. */
export function observedUntil({ phaseSince, plan }: Pick<ReleaseState, 'phaseSince' | 'plan'>): number {
  return phaseSince + (plan?.config.observe_after_ga ?? 0);
}
