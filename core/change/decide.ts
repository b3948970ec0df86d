import { verdictComment, verdictMarker } from '../comms/verdict-table.ts';
import { type Channel, closedChannel, offer, release } from '../flow/channel.ts';
import type { AuditNote, Decision, PlannedEffect } from '../flow/effect.ts';
import type { ChangeEvent, EffectSettled, GateReport } from '../flow/event.ts';
import { effectIdOf } from '../flow/key.ts';
import { checkNameOf, type GateName, gateNames } from '../gate/names.ts';
import { recordOf, supersedes } from '../gate/record.ts';
import { completedCheck, queuedCheck } from './check-content.ts';
import { type ChangeState, type CheckContent, unknownChange } from './state.ts';

export interface ChangeContext {
  /** ms since the epoch. */
  readonly now: number;
  readonly repository: string;
}

type ChangeInput = ChangeEvent | EffectSettled;

/**
 * What happens to a pull request or a merge group. Pure and total: any event in any state, repeated or out of
 * order, gives a decision; identical writes are left out.
 */
export function decideChange(
  state: ChangeState | null,
  event: ChangeInput,
  context: ChangeContext,
): Decision<ChangeState> {
  const draft = new ChangeDraft(state ?? unknownChange, context);
  switch (event.type) {
    case 'change.updated':
      onUpdated(draft, event);
      break;
    case 'change.closed':
      onClosed(draft, event.merged);
      break;
    case 'gate.reported':
      onReported(draft, event.report);
      break;
    case 'checks.rerequested':
      onRerequested(draft, event.gates === 'all' ? gateNames : event.gates);
      break;
    case 'effect.settled':
      onSettled(draft, event);
      break;
    default:
      return unreachable(event);
  }
  return draft.decision();
}

/** A new head makes every earlier result worthless; the same head again only renews what may have changed. */
function onUpdated(draft: ChangeDraft, event: Extract<ChangeEvent, { type: 'change.updated' }>): void {
  const { type: _type, headSha, ...facts } = event;
  const isNew = headSha !== draft.state.sha;
  draft.state = { ...draft.state, ...facts, sha: headSha, open: true, gates: isNew ? {} : draft.state.gates };
  if (isNew) {
    for (const gate of gateNames) draft.check(gate, queuedCheck(headSha, gate));
    draft.note('change.head', event.author, `new head ${headSha}`, { sha: headSha, base: event.baseSha });
  }
  draft.comment();
}

function onClosed(draft: ChangeDraft, merged: boolean): void {
  if (!draft.state.open) return;
  draft.state = { ...draft.state, open: false };
  draft.note('change.closed', 'github', merged ? 'merged' : 'closed without a merge', { merged });
}

function onReported(draft: ChangeDraft, report: GateReport): void {
  const { state } = draft;
  const record = recordOf(report);
  if (!state.open || record.sha !== state.sha) return;
  if (!supersedes(record, state.gates[report.gate])) return;
  draft.state = { ...state, gates: { ...state.gates, [report.gate]: record } };
  draft.check(report.gate, completedCheck(report));
  draft.comment();
  draft.note('gate.verdict', 'gate', `${checkNameOf[report.gate]}: ${record.verdict}`, {
    gate: report.gate,
    verdict: record.verdict,
    sha: record.sha,
    result_sha256: record.resultSha256,
    run_id: record.runId,
    run_attempt: record.runAttempt,
  });
}

/** Until the newer run has reported, the older success does not count. */
function onRerequested(draft: ChangeDraft, gates: readonly GateName[]): void {
  if (!draft.state.open) return;
  for (const gate of gates) {
    const record = draft.state.gates[gate];
    if (record !== undefined) {
      draft.state = {
        ...draft.state,
        gates: { ...draft.state.gates, [gate]: { ...record, superseded: true } },
      };
    }
    draft.check(gate, queuedCheck(draft.state.sha, gate));
  }
  draft.comment();
}

function onSettled(draft: ChangeDraft, event: EffectSettled): void {
  const [kind, name, n] = effectIdOf(event.key).split('/');
  if (kind === 'comment') draft.commentWritten(Number(name));
  const gate = gateNames.find((candidate) => checkNameOf[candidate] === name);
  if (kind === 'check' && gate !== undefined) draft.checkWritten(gate, Number(n));
}

/** Collects what one decision changes. */
class ChangeDraft {
  state: ChangeState;
  private readonly now: number;
  private readonly effects: PlannedEffect[] = [];
  private readonly audit: AuditNote[] = [];

  constructor(state: ChangeState, context: ChangeContext) {
    this.state = state;
    this.now = context.now;
  }

  check(gate: GateName, content: CheckContent): void {
    const { channel, write } = offer(this.channelOf(gate), content, this.now);
    this.state = { ...this.state, checks: { ...this.state.checks, [gate]: channel } };
    if (write === null) return;
    const name = checkNameOf[gate];
    this.effects.push({ id: `check/${name}/${write}`, effect: { kind: 'publishCheck', name, ...content } });
  }

  checkWritten(gate: GateName, n: number): void {
    const { channel, next } = release(this.channelOf(gate), n);
    this.state = { ...this.state, checks: { ...this.state.checks, [gate]: channel } };
    if (next !== null) this.check(gate, next);
  }

  /** Renews the sticky comment; a merge group has none. */
  comment(): void {
    const { pullRequest, sha, gates } = this.state;
    if (pullRequest === null) return;
    this.writeComment(pullRequest, verdictComment(sha, gateNames, gates));
  }

  commentWritten(n: number): void {
    const { channel, next } = release(this.state.comment, n);
    this.state = { ...this.state, comment: channel };
    if (next !== null && this.state.pullRequest !== null) this.writeComment(this.state.pullRequest, next);
  }

  note(action: string, actor: string, reason: string, data: AuditNote['data']): void {
    this.audit.push({ action, actor, reason, reasonCode: null, data });
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

function unreachable(event: never): never {
  throw new TypeError(`unknown event ${JSON.stringify(event)}`);
}
