import { notesPreview } from '../comms/notes-preview.ts';
import { verdictComment, verdictMarker } from '../comms/verdict-table.ts';
import { type Channel, closedChannel, offer, release } from '../flow/channel.ts';
import type { AuditNote, Decision, Effect, PlannedEffect } from '../flow/effect.ts';
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

/** Collects what one decision changes. */
export class ChangeDraft {
  state: ChangeState;
  readonly now: number;
  private readonly effects: PlannedEffect[] = [];
  private readonly audit: AuditNote[] = [];

  constructor(state: ChangeState, context: ChangeContext) {
    this.state = state;
    this.now = context.now;
  }

  check(gate: GateName, content: CheckContent): void {
    if (gate === 'policy') this.state = { ...this.state, policyCheck: content };
    if (gate === 'slo') this.state = { ...this.state, sloCheck: content };
    this.publish(gate, this.dressed(gate, content));
  }

  private dressed(gate: GateName, content: CheckContent): CheckContent {
    if (gate === 'policy') return withRules(content, this.state.rules);
    return gate === 'slo' ? withPreview(content, this.state) : content;
  }

  private publish(gate: GateName, content: CheckContent): void {
    const { channel, write } = offer(this.channelOf(gate), content, this.now);
    this.state = { ...this.state, checks: { ...this.state.checks, [gate]: channel } };
    if (write === null) return;
    const name = checkNameOf[gate];
    this.effects.push({ id: `check/${name}/${write}`, effect: { kind: 'publishCheck', name, ...content } });
  }

  checkWritten(gate: GateName, n: number): void {
    const { channel, next } = release(this.channelOf(gate), n);
    this.state = { ...this.state, checks: { ...this.state.checks, [gate]: channel } };
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
    this.state = { ...this.state, comment: channel };
    if (next !== null && this.state.pullRequest !== null) this.writeComment(this.state.pullRequest, next);
  }

  note(
    action: string,
    actor: string,
    reason: string,
    data: AuditNote['data'],
    reasonCode: string | null = null,
  ): void {
    this.audit.push({ action, actor, reason, reasonCode, data });
  }

  emit(id: string, effect: Effect, notBefore?: number): void {
    this.effects.push(notBefore === undefined ? { id, effect } : { id, effect, notBefore });
  }

  /** Next number of a series of effect ids. */
  next(series: string): number {
    const n = (this.state.counters[series] ?? 0) + 1;
    this.state = { ...this.state, counters: { ...this.state.counters, [series]: n } };
    return n;
  }

  decision(): Decision<ChangeState> {
    return { state: this.state, effects: this.effects, audit: this.audit };
  }

  private writeComment(issue: number, body: string): void {
    const { channel, write } = offer(this.state.comment, body, this.now);
    this.state = { ...this.state, comment: channel };
    if (write === null) return;
    const effect = { kind: 'upsertComment', issue, marker: verdictMarker, body } as const;
    this.effects.push({ id: `comment/${write}`, effect });
  }

  private channelOf(gate: GateName): Channel<CheckContent> {
    return this.state.checks[gate] ?? closedChannel;
  }
}
