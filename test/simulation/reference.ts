import type { AuditEntry } from '../../core/audit/entry.ts';
import type { Phase } from '../../core/release/phase.ts';

/** What an entry of the audit log says about the phase that follows it; absent: nothing. */
const phaseAfter: Readonly<Record<string, Phase>> = {
  'release.tagged': 'planning',
  'release.rejected': 'rejected',
  'release.queued': 'queued',
  'release.ignored': 'ignored',
  'release.dequeued': 'planning',
  'stage.verified': 'stage_verified',
  'release.promoted': 'shifting',
  'release.rollback': 'rolling_back',
  'release.rolled_back': 'rolled_back',
  'release.soaked': 'finishing',
  'release.published': 'observing',
  'release.observed': 'closed',
};

/**
 * The release machine as an outsider would write it down from its audit log: read from the first entry to the
 * last, one after the other. Where the log alone leaves two phases open, both are given.
 */
export function referencePhase(entries: readonly AuditEntry[]): readonly Phase[] {
  let phases: readonly Phase[] = ['new'];
  for (const entry of entries) phases = [...new Set(phases.flatMap((phase) => next(phase, entry)))];
  return phases;
}

function next(phase: Phase, { action, reasonCode, data }: AuditEntry): readonly Phase[] {
  // Publishing was under way when the rollback was ordered: the log says so, the phase stays.
  if (action === 'release.published' && reasonCode === 'ROLLED_BACK') return [phase];
  const told = phaseAfter[action];
  if (told !== undefined) return [told];
  if (action === 'release.planned') return ['gating'];
  if (action === 'release.preflight') return [reasonCode === null ? 'staging' : phase];
  if (action === 'deployment.success' && data.step === 0 && phase === 'staging') return ['verifying'];
  if (action === 'deployment.success' && phase === 'shifting') return ['soaking', 'finishing'];
  if (action === 'release.held' && reasonCode === 'ROLLBACK_FAILED') return ['rollback_failed'];
  if (action === 'release.held' && reasonCode === 'TAG_MOVED') return [phase, 'halted'];
  if (action === 'release.resumed') return [phase, 'staging'];
  return [phase];
}
