import { collectedNotes, collectResults } from '../flow/collect.ts';
import type { EffectSettled, RunCompleted } from '../flow/event.ts';
import type { ChangeDraft } from './draft.ts';

/** What the run left in artifacts is collected while somebody waits for results. */
export function onRunCompleted(draft: ChangeDraft, { runId, attempt }: RunCompleted): void {
  const { open, sha } = draft.state;
  if (!open || sha === '') return;
  const { id, effect } = collectResults(sha, runId, attempt);
  draft.emit(id, effect);
}

export function onCollected(draft: ChangeDraft, event: EffectSettled): void {
  for (const { action, actor, reason, data, reasonCode } of collectedNotes(event)) {
    draft.note(action, actor, reason, data, reasonCode);
  }
}
