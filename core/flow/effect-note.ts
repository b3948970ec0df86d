import { createHash } from 'node:crypto';
import { canonicalJson } from '../audit/canonical-json.ts';
import type { AuditNote, Effect, EffectKind } from './effect.ts';
import type { EffectSettled } from './event.ts';

/** What an effect does. Reading, judging and keeping time change nothing outside: what they found leads to decisions. */
const changesTheWorld: Readonly<Record<EffectKind, boolean>> = {
  publishCheck: true,
  upsertComment: true,
  postComment: true,
  addReaction: true,
  removeLabel: true,
  openIssue: true,
  updateIssue: true,
  ensureDraftRelease: true,
  createDeployment: true,
  supersedeRelease: true,
  openStepUp: true,
  rerunWorkflow: true,
  resolveFailure: true,
  packEvidence: true,
  attachEvidence: true,
  publishRelease: true,
  editReleaseNotes: true,
  notify: true,
  setFlags: true,
  carryPlan: true,
  applyGovernance: true,
  answerEntry: true,
  orderPreview: true,
  commandPreview: true,
  removeEnvironment: true,
  loadPlan: false,
  assessCommand: false,
  assessChangeCommand: false,
  measureCanary: false,
  readPreflight: false,
  readSlo: false,
  collectResults: false,
  readFlags: false,
  measureKpis: false,
  startTimer: false,
  observeSettings: false,
  planGovernance: false,
  judgeEntry: false,
  readPreview: false,
  tellChange: false,
  callWaiting: false,
};

/**
 * The entry of the audit log that tells that an effect was carried out, or why it was not; null for one that changes
 * nothing outside. `effect_sha256` is the digest of the effect as it was decided (RFC 8785).
 *
 * @param key the effect's own, by which it happens once.
 */
export function effectNote(key: string, effect: Effect, outcome: EffectSettled['outcome']): AuditNote | null {
  if (!changesTheWorld[effect.kind]) return null;
  const digest = createHash('sha256').update(canonicalJson(effect)).digest('hex');
  return {
    action: outcome.ok ? 'effect.done' : 'effect.failed',
    actor: 'conductor',
    reason: outcome.ok ? effect.kind : `${effect.kind}: ${outcome.code}`,
    reasonCode: outcome.ok ? null : outcome.code,
    data: { kind: effect.kind, effect: key, effect_sha256: digest },
  };
}
