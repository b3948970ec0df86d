import { checkNameOf, type GateName } from '../gate/names.ts';
import type { ReleaseDraft } from './draft.ts';
import { escalate } from './escalate.ts';
import type { HoldCode } from './hindrance.ts';
import { hasTraffic } from './phase.ts';
import { startRollback } from './rollback.ts';

const codeOf: Readonly<Record<GateName, HoldCode>> = {
  slo: 'SLO_BURN',
  perf: 'GATE_FAILED',
  'supply-chain': 'SECURITY',
  migrations: 'DATA_INTEGRITY',
  policy: 'GATE_FAILED',
};

/** A gate that fails for a version in production: whether that is one of the conditions that stop it at once. */
export function stopWhenCritical(draft: ReleaseDraft, gate: GateName): boolean {
  const { phase, plan, gates } = draft.state;
  const isCritical = plan?.config.stop_conditions.gates.includes(gate) && gates[gate]?.verdict === 'fail';
  if (!isCritical || !isInProduction(phase)) return false;
  stop(draft, codeOf[gate], `${checkNameOf[gate]} fails for the version in production`);
  return true;
}

/**
 * Halt, back to the last verified version, incident with runbook, people told, evidence captured, and nothing is
 * promoted until it is resolved. When a newer release is under way already, going back is a matter for people.
 */
export function stop(draft: ReleaseDraft, code: HoldCode, cause: string): void {
  if (draft.state.phase === 'observing' && draft.activeRelease !== null) {
    draft.set({ failure: { reason: cause, at: draft.now, resolvedBy: null } });
    draft.note('release.failed', 'conductor', cause, code);
    escalate(draft, 'A released version has to be stopped', cause, {
      severity: 'CRITICAL',
      helpNeeded: `decide whether \`${draft.activeRelease}\`, which is under way, repairs it or has to go back too`,
    });
    return;
  }
  startRollback(draft, { code, cause, trigger: 'auto', by: 'conductor' });
}

/** From the first traffic until the observation after GA ends. */
export function isInProduction(phase: ReleaseDraft['state']['phase']): boolean {
  return hasTraffic(phase) || phase === 'observing';
}
