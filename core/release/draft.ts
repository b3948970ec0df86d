import { postable } from '../comms/safe-text.ts';
import { InternalError } from '../errors.ts';
import { offer, release } from '../flow/channel.ts';
import { Draft } from '../flow/draft.ts';
import type { AuditNote, Decision } from '../flow/effect.ts';
import type { ReleasePlanFacts } from '../flow/event.ts';
import type { StatusContent, TimelineStatus } from './accounts.ts';
import type { HoldCode } from './hindrance.ts';
import { aheadInQueue, isOvertaken, type Neighbour, occupierOf } from './neighbours.ts';
import { hasEnded, hasLeftTheWay, type Phase } from './phase.ts';
import { renderStatus } from './render-status.ts';
import type { ReleaseState } from './state.ts';
import { isTransition } from './transitions.ts';

export interface ReleaseContext {
  /** ms since the epoch. */
  readonly now: number;
  readonly repository: string;
  /** The other releases of the repository that have not ended. */
  readonly neighbours?: readonly Neighbour[];
}

const timelineLimit = 60;
/** Least time between two writes of the status that only renew numbers, ms: GitHub allows 500 writes an hour. */
const statusInterval = 60_000;

export class ReleaseDraft extends Draft<ReleaseState> {
  readonly repository: string;
  private readonly neighbours: readonly Neighbour[];

  constructor(state: ReleaseState, context: ReleaseContext) {
    super(state, context.now);
    this.repository = context.repository;
    this.neighbours = context.neighbours ?? [];
  }

  /** The plan; handlers of phases that follow `planning` may rely on it. */
  plan(): ReleasePlanFacts {
    if (this.state.plan !== null) return this.state.plan;
    throw new InternalError(
      'RELEASE_WITHOUT_PLAN',
      `release ${this.state.tag} is ${this.state.phase} but has no plan`,
      'Please report this with the release’s audit log.',
    );
  }

  /** Tag of the release that owns this one's way to production; null when the way is free. */
  get activeRelease(): string | null {
    return occupierOf(this.state, this.neighbours);
  }

  /** Tag of the release that is to take the free way before this one. */
  get aheadInQueue(): string | null {
    return aheadInQueue(this.state, this.neighbours);
  }

  /** The plan does not know of a release that became GA while it was read. */
  isOvertaken(plan: ReleasePlanFacts): boolean {
    return isOvertaken(plan, this.neighbours);
  }

  /** Takes an arrow of the table; there are no others. */
  move(phase: Phase, text: string, status?: TimelineStatus): void {
    if (!isTransition(this.state.phase, phase)) {
      throw new InternalError(
        'NO_SUCH_TRANSITION',
        `release ${this.state.tag} cannot go from ${this.state.phase} to ${phase}`,
        'Please report this with the release’s audit log.',
      );
    }
    this.set({ phase, phaseSince: this.now });
    if (hasLeftTheWay(phase)) this.set({ occupies: false });
    // Nobody looks after a lock in the issue of a release that has ended.
    if (hasEnded(phase)) this.set({ lock: null });
    this.tell(text, status);
  }

  /** A line of the timeline in the tracking issue. `text` is Markdown of ours. */
  tell(text: string, status?: TimelineStatus): void {
    const entry = { at: this.now, text, ...(status && { status }) };
    const timeline = [...this.state.timeline, entry].slice(-timelineLimit);
    this.set({ timeline });
  }

  /** A comment in the tracking issue, kept until the issue has a number. */
  comment(id: string, body: string): void {
    const issue = this.state.trackingIssue;
    const safe = postable(body);
    if (issue === null) this.set({ outbox: [...this.state.outbox, { id, body: safe }] });
    else this.emit(id, { kind: 'postComment', issue, body: safe });
  }

  hold(code: HoldCode, reason: string, by: string): void {
    this.set({ hold: { code, reason, by, since: this.now } });
    this.note('release.held', by, reason, code, {});
  }

  note(
    action: string,
    actor: string,
    reason: string,
    reasonCode: string | null = null,
    data: AuditNote['data'] = {},
  ): void {
    const { tag, sha } = this.state;
    this.record({ action, actor, reason, reasonCode, data: { release: tag, sha, ...data } });
  }

  timer(timer: string, at: number): void {
    this.emit(`timer/${timer}`, { kind: 'startTimer', timer }, at);
  }

  /** The status write `n` has ended; what changed meanwhile is written by `decision`. */
  statusWritten(n: number): void {
    const { channel, next } = release(this.state.status, n);
    this.set({ status: channel });
    if (next !== null) this.set({ statusCore: '' });
  }

  /** The same release, apart: what happens to it happens to nobody. */
  copy(): ReleaseDraft {
    const { now, repository, neighbours } = this;
    return new ReleaseDraft(this.state, { now, repository, neighbours });
  }

  override decision(): Decision<ReleaseState> {
    this.writeStatus();
    return super.decision();
  }

  private writeStatus(): void {
    const issue = this.state.trackingIssue;
    if (issue === null) return;
    const { core, body } = renderStatus(this.state, this.now);
    const isNews = core !== this.state.statusCore;
    if (!isNews && this.now - this.state.statusAt < statusInterval) return;
    const content: StatusContent = { body, state: this.state.phase === 'closed' ? 'closed' : 'open' };
    const { channel, write } = offer(this.state.status, content, this.now);
    this.set({ status: channel, statusCore: core, statusAt: this.now });
    if (write !== null) this.emit(`status/${write}`, { kind: 'updateIssue', issue, ...content });
  }
}
