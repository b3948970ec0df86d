import { collectResults } from '../flow/collect.ts';
import type { RunCompleted } from '../flow/event.ts';
import type { ReleaseDraft } from './draft.ts';
import { hasLeftTheWay } from './phase.ts';

/** What the run left in artifacts is collected as long as results count. */
export function onRunCompleted(draft: ReleaseDraft, { sha, runId, attempt }: RunCompleted): void {
  if (draft.state.sha !== sha || hasLeftTheWay(draft.state.phase)) return;
  const { id, effect } = collectResults(sha, runId, attempt);
  draft.emit(id, effect);
}
