import { type Collected, collectedNotes, collectedOf, collectResults } from '../flow/collect.ts';
import type { EffectSettled, RunCompleted } from '../flow/event.ts';
import { refusedCheck } from './check-content.ts';
import type { ChangeDraft } from './draft.ts';

/** What the run left in artifacts is collected while somebody waits for results. */
export function onRunCompleted(draft: ChangeDraft, { sha, runId, attempt }: RunCompleted): void {
  if (!draft.state.open || draft.state.sha !== sha) return;
  const { id, effect } = collectResults(sha, runId, attempt);
  draft.emit(id, effect);
}

export function onCollected(draft: ChangeDraft, event: EffectSettled): void {
  for (const { action, actor, reason, data, reasonCode } of collectedNotes(event)) {
    draft.note(action, actor, reason, data, reasonCode);
  }
  tellRefused(draft, collectedOf(event));
}

/** A check goes on waiting for nobody: it says why the result that came does not count. One that does is left alone. */
function tellRefused(draft: ChangeDraft, collected: Collected | null): void {
  const { open, sha, gates } = draft.state;
  if (!open || collected?.sha !== sha) return;
  for (const refusal of collected.refused) {
    if (refusal.gate === undefined) continue;
    const record = gates[refusal.gate];
    if (record === undefined || record.superseded) draft.check(refusal.gate, refusedCheck(sha, refusal));
  }
}
