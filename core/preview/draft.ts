import { offer, release } from '../flow/channel.ts';
import { Draft } from '../flow/draft.ts';
import type { AuditNote } from '../flow/effect.ts';
import { inSum, type LedgerRow } from './row.ts';
import type { PreviewState } from './state.ts';

export interface PreviewContext {
  /** Ms since the epoch. */
  readonly now: number;
  readonly repository: string;
  /** What the other previews of the organisation cost, nobody else deciding meanwhile; null: nobody has looked. */
  readonly others: readonly LedgerRow[] | null;
}

/** The sticky comment of a preview. */
export const previewMarker = 'release-conductor:preview';

export class PreviewDraft extends Draft<PreviewState> {
  readonly repository: string;
  /** The other previews as of this moment: facts were read for this decision, money may be spent on them. */
  readonly others: readonly LedgerRow[] | null;
  private isAsked = false;

  constructor(state: PreviewState, { now, repository, others }: PreviewContext) {
    super(others === null ? state : { ...state, others: inSum(others, repository) }, now);
    this.repository = repository;
    this.others = others;
  }

  get isFresh(): boolean {
    return this.others !== null;
  }

  note(
    action: string,
    actor: string,
    reason: string,
    data: AuditNote['data'] = {},
    code: string | null = null,
  ): void {
    this.record({ action, actor, reason, reasonCode: code, data });
  }

  /** Has the facts read anew, once in a decision. */
  read(pullRequest: number): void {
    if (pullRequest === 0 || this.isAsked) return;
    this.isAsked = true;
    const { baseSha: known, walks, order } = this.state;
    // What was stored before anybody asked for golden paths is read again.
    const baseSha = walks === undefined ? '' : known;
    const awaited = order?.status === 'requested' ? order.githubId : null;
    this.emit(`read/${this.next('read')}`, { kind: 'readPreview', pullRequest, baseSha, awaited });
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
}
