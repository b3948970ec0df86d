import { inlineText } from '../gate/markdown.ts';
import type { ReleaseDraft } from './draft.ts';

/** Locks production for everybody but `by`. It expires: a lock that was forgotten does not stop a team for ever. */
export function lockEnvironment(draft: ReleaseDraft, ttl: number | null, reason: string, by: string): void {
  const longest = draft.plan().config.lock_ttl;
  const until = draft.now + Math.min(ttl ?? longest, longest);
  const why = reason === '' ? 'no reason given' : reason;
  draft.set({ lock: { state: 'held', owner: by, reason: why, at: draft.now, until } });
  draft.tell(`locked by ${inlineText(by)} until ${new Date(until).toISOString()}`);
  draft.note('environment.locked', by, why, null, { until: new Date(until).toISOString() });
}

export function unlockEnvironment(draft: ReleaseDraft, by: string): void {
  draft.set({ lock: { state: 'free', owner: by, reason: '', at: draft.now, until: draft.now } });
  draft.tell(`unlocked by ${inlineText(by)}`);
  draft.note('environment.unlocked', by, 'lock taken off');
}
