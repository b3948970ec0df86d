import { inlineText } from '../gate/markdown.ts';
import type { ReleaseDraft } from './draft.ts';
import { hasTraffic } from './phase.ts';
import { startRollback } from './rollback.ts';

/** Ends a release for good: where no production traffic was given it halts, otherwise traffic goes back first. */
export function abort(draft: ReleaseDraft, reason: string, by: string): string {
  const why = reason === '' ? 'no reason given' : reason;
  draft.note('release.aborted', by, why, 'ABORTED');
  if (hasTraffic(draft.state.phase)) {
    startRollback(draft, { code: 'ROLLED_BACK_BY_COMMAND', cause: `aborted: ${why}`, trigger: 'manual', by });
    return `Aborted: going back to \`${inlineText(draft.state.deployment?.version ?? '?')}\` with all production traffic.`;
  }
  draft.set({ measuring: null, hold: null });
  draft.move('halted', `aborted by ${inlineText(by)}: ${inlineText(why)}`);
  return 'Aborted: nothing of this version reached production. Tag a new version to go on.';
}
