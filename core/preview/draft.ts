import { offer, release } from '../flow/channel.ts';
import type { AuditNote, Decision, Effect, PlannedEffect } from '../flow/effect.ts';
import type { PreviewState } from './state.ts';

export interface PreviewContext {
  /** Ms since the epoch. */
  readonly now: number;
  readonly repository: string;
}

/** The sticky comment of a preview. */
export const previewMarker = 'release-conductor:preview';

/** Collects what one decision changes. */
export class PreviewDraft {
  state: PreviewState;
  readonly now: number;
  readonly repository: string;
  private readonly effects: PlannedEffect[] = [];
  private readonly audit: AuditNote[] = [];

  constructor(state: PreviewState, { now, repository }: PreviewContext) {
    this.state = state;
    this.now = now;
    this.repository = repository;
  }

  set(change: Partial<PreviewState>): void {
    this.state = { ...this.state, ...change };
  }

  emit(id: string, effect: Effect, notBefore?: number): void {
    this.effects.push(notBefore === undefined ? { id, effect } : { id, effect, notBefore });
  }

  note(
    action: string,
    actor: string,
    reason: string,
    data: AuditNote['data'] = {},
    code: string | null = null,
  ): void {
    this.audit.push({ action, actor, reason, reasonCode: code, data });
  }

  /** Next number of a series of effect ids. */
  next(series: string): number {
    const n = (this.state.counters[series] ?? 0) + 1;
    this.set({ counters: { ...this.state.counters, [series]: n } });
    return n;
  }

  comment(body: string): void {
    const { channel, write } = offer(this.state.comment, body, this.now);
    this.set({ comment: channel });
    if (write === null) return;
    const issue = this.state.pullRequest;
    this.emit(`comment/${write}`, { kind: 'upsertComment', issue, marker: previewMarker, body });
  }

  commentWritten(n: number): void {
    const { channel, next } = release(this.state.comment, n);
    this.set({ comment: channel });
    if (next !== null) this.comment(next);
  }

  decision(): Decision<PreviewState> {
    return { state: this.state, effects: this.effects, audit: this.audit };
  }
}
