import { voidDemands } from '../commands/desk/demand.ts';
import type { ReleaseEvent } from '../flow/event.ts';
import { inlineText } from '../gate/markdown.ts';
import { releaseDesk } from './desk.ts';
import type { ReleaseDraft } from './draft.ts';
import { hasLeftTheWay, hasTraffic, isGoingBack } from './phase.ts';
import { startRollback } from './rollback.ts';

/** The beginning of everything. The same tag again is no news; a tag that moved arrives as `tag.moved`. */
export function onTagPushed(draft: ReleaseDraft, event: Extract<ReleaseEvent, { type: 'tag.pushed' }>): void {
  if (draft.state.phase !== 'new') return;
  const { tag, sha, actor } = event;
  draft.set({ tag, sha, startedBy: actor.login, startedAt: draft.now });
  draft.note('release.tagged', actor.login, `tag ${tag} pushed at ${sha}`);
  loadPlan(draft, `tag pushed by ${inlineText(actor.login)}`);
}

/** Asks for config, previous version and changes of the tagged commit. */
export function loadPlan(draft: ReleaseDraft, text: string): void {
  const { tag, sha } = draft.state;
  draft.move('planning', text);
  draft.emit(`plan/${draft.next('plan')}`, { kind: 'loadPlan', tag, sha });
}

/**
 * A moved tag is an attack or a mistake; either way what was judged is no longer what the tag names. Without
 * traffic the release stops here; with traffic it goes back to the last verified version first.
 */
export function onTagMoved(draft: ReleaseDraft, event: Extract<ReleaseEvent, { type: 'tag.moved' }>): void {
  const { phase, sha, tag } = draft.state;
  if (phase === 'new' || event.to === sha || draft.state.hold?.code === 'TAG_MOVED') return;
  // A release that has left the way is told once of each commit; those under way are held below.
  const seen = `tag-at-${event.to.slice(0, 12)}`;
  if (hasLeftTheWay(phase) && draft.state.counters[seen] !== undefined) return;
  draft.next(seen);
  const reason = `tag ${tag} moved from ${sha.slice(0, 12)} to ${event.to.slice(0, 12) || 'nothing'}`;
  voidDemands(releaseDesk(draft), 'HEAD_MOVED', reason);
  draft.note('release.tag_moved', 'github', reason, 'TAG_MOVED', { from: event.from, to: event.to });
  if (phase === 'ignored') return;
  draft.comment(
    `tag-moved/${draft.next('tag-moved')}`,
    `⛔ The ${inlineText(reason)}. This release was judged at the old commit; it will not go on. Tag the new commit with a new version.`,
  );
  if (hasTraffic(phase)) {
    startRollback(draft, { code: 'TAG_MOVED', cause: reason, trigger: 'auto', by: 'conductor' });
  } else if (isGoingBack(phase)) {
    draft.hold('TAG_MOVED', reason, 'conductor');
  } else if (!hasLeftTheWay(phase)) {
    draft.hold('TAG_MOVED', reason, 'conductor');
    draft.set({ measuring: null });
    draft.move('halted', `halted: ${inlineText(reason)}`);
  }
}
