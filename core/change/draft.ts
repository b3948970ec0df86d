import { notesPreview } from '../comms/notes-preview.ts';
import { verdictComment, verdictMarker } from '../comms/verdict-table.ts';
import { type Channel, closedChannel, offer, release } from '../flow/channel.ts';
import { Draft } from '../flow/draft.ts';
import type { AuditNote } from '../flow/effect.ts';
import { checkNameOf, type GateName, gateNames } from '../gate/names.ts';
import { withRules } from './check-content.ts';
import { withPreview } from './expected.ts';
import { countingGates } from './previewed.ts';
import type { ChangeState, CheckContent } from './state.ts';

export interface ChangeContext {
  /** ms since the epoch. */
  readonly now: number;
  readonly repository: string;
}

export class ChangeDraft extends Draft<ChangeState> {
  constructor(state: ChangeState, context: ChangeContext) {
    super(state, context.now);
  }

  check(gate: GateName, content: CheckContent): void {
    if (gate === 'policy') this.set({ policyCheck: content });
    if (gate === 'slo') this.set({ sloCheck: content });
    this.publish(gate, this.dressed(gate, content));
  }

  private dressed(gate: GateName, content: CheckContent): CheckContent {
    if (gate === 'policy') return withRules(content, this.state.rules);
    return gate === 'slo' ? withPreview(content, this.state) : content;
  }

  private publish(gate: GateName, content: CheckContent): void {
    const { channel, write } = offer(this.channelOf(gate), content, this.now);
    this.set({ checks: { ...this.state.checks, [gate]: channel } });
    if (write === null) return;
    const name = checkNameOf[gate];
    this.emit(`check/${name}/${write}`, { kind: 'publishCheck', name, ...content });
  }

  checkWritten(gate: GateName, n: number): void {
    const { channel, next } = release(this.channelOf(gate), n);
    this.set({ checks: { ...this.state.checks, [gate]: channel } });
    if (next !== null) this.publish(gate, next);
  }

  /** Renews the sticky comment; a merge group has none. */
  comment(): void {
    const { pullRequest, sha, note } = this.state;
    if (pullRequest === null) return;
    const preview = note === undefined ? '' : notesPreview(note.change, note.config);
    this.writeComment(pullRequest, verdictComment(sha, gateNames, countingGates(this.state), preview));
  }

  commentWritten(n: number): void {
    const { channel, next } = release(this.state.comment, n);
    this.set({ comment: channel });
    if (next !== null && this.state.pullRequest !== null) this.writeComment(this.state.pullRequest, next);
  }

  note(
    action: string,
    actor: string,
    reason: string,
    data: AuditNote['data'],
    reasonCode: string | null = null,
  ): void {
    this.record({ action, actor, reason, reasonCode, data });
  }

  private writeComment(issue: number, body: string): void {
    const { channel, write } = offer(this.state.comment, body, this.now);
    this.set({ comment: channel });
    if (write === null) return;
    this.emit(`comment/${write}`, { kind: 'upsertComment', issue, marker: verdictMarker, body });
  }

  private channelOf(gate: GateName): Channel<CheckContent> {
    return this.state.checks[gate] ?? closedChannel;
  }
}
