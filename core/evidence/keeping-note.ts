import type { AuditEntry } from '../audit/entry.ts';
import type { AuditNote } from '../flow/effect.ts';

/** What people do with evidence that is kept. */
export const keepingActs = ['evidence.held', 'evidence.released', 'evidence.removed'] as const;
export type KeepingAct = (typeof keepingActs)[number];

/** The entry of the audit log that tells of it. `by`: who it was on the Conductor's machine, which GitHub does not know. */
export function keepingNote(
  act: KeepingAct,
  evidence: {
    readonly sha256: string;
    readonly size: number;
    readonly mediaType: string;
    readonly retainUntil: number;
    readonly heldBecause: string | null;
  },
  { by, reason }: { readonly by: string; readonly reason: string },
): AuditNote {
  const { sha256, size, mediaType, retainUntil, heldBecause } = evidence;
  return {
    action: act,
    actor: `operator:${by}`,
    reason,
    reasonCode: null,
    data: {
      sha256,
      size,
      media_type: mediaType,
      retain_until: new Date(retainUntil).toISOString(),
      ...(act === 'evidence.released' ? { held_because: heldBecause } : {}),
    },
  };
}

/** What a log says was done with evidence. */
export interface KeepingEntry {
  readonly seq: number;
  readonly at: string;
  readonly act: KeepingAct;
  readonly sha256: string;
  readonly by: string;
  readonly reason: string;
}

/** The entry as one of these; null: it is about something else. */
export function keepingOf({ seq, at, action, actor, reason, data }: AuditEntry): KeepingEntry | null {
  const act = keepingActs.find((one) => one === action);
  if (act === undefined || typeof data.sha256 !== 'string') return null;
  return { seq, at, act, sha256: data.sha256, by: actor, reason };
}
