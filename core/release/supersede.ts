import { codeSpan } from '../gate/markdown.ts';
import type { ReleaseDraft } from './draft.ts';
import { isHotfix } from './lane.ts';
import { hasLeftTheWay, hasTraffic, isGoingBack } from './phase.ts';
import { startRollback } from './rollback.ts';

/** Asks the release under way to give way, once, when the config or the hotfix lane says so. */
export function supersedeWhenConfigured(draft: ReleaseDraft, active: string): void {
  const { tag, startedAt: since } = draft.state;
  if (draft.plan().config.on_new_tag !== 'supersede' && !isHotfix(draft.state)) return;
  const series = `supersede-${active}`;
  if (draft.state.counters[series] !== undefined) return;
  draft.next(series);
  draft.emit(`supersede/${active}`, { kind: 'supersedeRelease', tag: active, by: tag, since });
  draft.tell(`asked ${codeSpan(active)} to give way`);
}

/**
 * Gives way to a newer release. Before production it ends here; with traffic it goes back to the last verified
 * version first, so the newer one starts from a version that is known. It stays when it is being published already,
 * when there is no version to go back to, and for a release that is older than itself: a wait is then the safe way.
 */
export function onSuperseded(
  draft: ReleaseDraft,
  { by, since }: { readonly by: string; readonly since: number },
): void {
  const { phase, startedAt, finishing } = draft.state;
  if (phase === 'new' || isGoingBack(phase) || hasLeftTheWay(phase) || since < startedAt) return;
  const reason = `superseded by ${by}`;
  if (!hasTraffic(phase)) {
    draft.set({ measuring: null });
    draft.note('release.superseded', 'conductor', reason, 'SUPERSEDED');
    draft.comment(
      'superseded',
      `⏭️ Superseded by ${codeSpan(by)}. Nothing of this version reached production.`,
    );
    draft.move('superseded', `superseded by ${codeSpan(by)}`);
    return;
  }
  if (draft.plan().previous === null || finishing?.stage === 'publishing') {
    draft.tell(`${codeSpan(by)} has to wait: this release cannot give way any more`);
    return;
  }
  draft.note('release.superseded', 'conductor', reason, 'SUPERSEDED');
  draft.comment(
    'superseded',
    `⏭️ Superseded by ${codeSpan(by)}: traffic goes back to the last verified version.`,
  );
  startRollback(draft, { code: 'SUPERSEDED', cause: reason, trigger: 'manual', by: 'conductor' });
}
