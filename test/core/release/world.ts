import { createHash } from 'node:crypto';
import { parseComment } from '../../../core/commands/grammar.ts';
import type { FlagSetting } from '../../../core/flags/model.ts';
import type { Effect, PlannedEffect } from '../../../core/flow/effect.ts';
import type { Actor, EffectSettled } from '../../../core/flow/event.ts';
import { effectKey } from '../../../core/flow/key.ts';
import { decideRelease } from '../../../core/release/decide.ts';
import { type ReleaseState, unknownRelease } from '../../../core/release/state.ts';
import { allReports, repository, shaA, start } from '../support/facts.ts';
import { perform } from './perform.ts';
import { Traffic } from './traffic.ts';
import type { Input, WorldOptions } from './world-options.ts';

export type { WorldOptions } from './world-options.ts';

/**
 * Everything outside the pure machine, in virtual time: it performs every effect once by its id, as the store
 * does, and answers with events, late, twice and out of order when `random` is given.
 */
export class World {
  state: ReleaseState = unknownRelease;
  now = start;
  readonly effects = new Map<string, PlannedEffect>();
  readonly comments: string[] = [];
  readonly issues: { readonly title: string; readonly labels: readonly string[]; readonly body: string }[] =
    [];
  readonly deployments: Extract<Effect, { kind: 'createDeployment' }>[] = [];
  readonly audit: { readonly action: string; readonly reasonCode: string | null }[] = [];
  readonly phasesSeen: string[] = ['new'];
  private readonly times = new Map<string, number>();
  /** Flags at their provider. */
  readonly flags = new Map<string, FlagSetting>();
  status = '';
  notes = '';
  weight = 0;
  /** Set to leave every further request for a promotion unanswered. */
  private deaf = false;
  /** May be changed while the story goes on. */
  options: WorldOptions;
  private readonly queue: { at: number; order: number; event: Input | PlannedEffect }[] = [];
  private readonly traffic = new Traffic();
  private order = 0;
  private comment = 1_000;
  private takes: (event: Input) => boolean = () => false;

  constructor(options: WorldOptions = {}) {
    this.options = options;
  }

  /** Pushes the tag, lets the gates report and plays until nothing happens any more or `until` holds. */
  async play(until: (world: World) => boolean = () => false, limitSeconds = 900): Promise<this> {
    if (this.state.phase === 'new' && this.queue.length === 0) this.begin();
    for (let turns = 0; turns < 20_000 && !until(this); turns++) {
      const next = this.take();
      if (next === null) break;
      if (next.at > start + limitSeconds * 1_000) {
        this.queue.push({ ...next, order: -1 });
        break;
      }
      this.advanceTo(next.at);
      if ('effect' in next.event) await perform(this, next.event.id, next.event.effect);
      else await this.deliver(next.event);
    }
    return this;
  }

  begin(): void {
    const actor: Actor = { login: 'ada', type: 'User' };
    this.send({ type: 'tag.pushed', tag: 'v1.1.0', sha: shaA, actor });
    for (const report of this.options.reports ?? allReports())
      this.send({ type: 'gate.reported', report }, 100);
  }

  /** Somebody writes a comment in the tracking issue. */
  say(
    body: string,
    login = 'ada',
    type: Actor['type'] = 'User',
    commentId = ++this.comment,
    writtenAt = this.now,
  ): number {
    const parsed = parseComment(body);
    if (parsed.kind === 'none') return commentId;
    const actor: Actor = { login, type };
    const source = {
      commentId,
      issue: this.state.trackingIssue ?? 1,
      isPullRequest: false,
      url: `https://github.com/${repository}/issues/1#issuecomment-${commentId}`,
      bodySha256: createHash('sha256').update(body).digest('hex'),
      writtenAt,
    };
    if (parsed.kind === 'problem') {
      this.send({ type: 'command.malformed', code: parsed.code, message: parsed.message, actor, source });
    } else {
      for (const { command, options } of parsed.invocations)
        this.send({ type: 'command.issued', command, options, actor, source });
    }
    return commentId;
  }

  send(event: Input, delay = 0): void {
    if (this.takes(event)) return;
    const { random } = this.options;
    const copies = random !== undefined && random() < 0.3 ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const jitter = random === undefined ? 0 : Math.floor(random() * 1_500);
      this.queue.push({ at: this.now + delay + jitter, order: this.order++, event });
    }
  }

  /** Takes away every event that it answers true to: the network is slow. */
  intercept(takes: (event: Input) => boolean): void {
    this.takes = takes;
    const rest = this.queue.filter(({ event }) => 'effect' in event || !takes(event));
    this.queue.splice(0, this.queue.length, ...rest);
  }

  /** When an effect was decided, ms since the epoch. */
  timeOf(id: string): number {
    const at = this.times.get(id);
    if (at === undefined) throw new Error(`effect ${id} was never decided`);
    return at;
  }

  /** The release engineer leaves: what was typed but not delivered is gone. Always true. */
  dropCommands(): true {
    this.deaf = true;
    const rest = this.queue.filter(({ event }) => 'effect' in event || !event.type.startsWith('command.'));
    this.queue.splice(0, this.queue.length, ...rest);
    return true;
  }

  private advanceTo(at: number): void {
    this.now = Math.max(this.now, at);
    this.traffic.flow(this.now, this.weight, this.options);
  }

  private take(): { at: number; event: Input | PlannedEffect } | null {
    this.queue.sort((a, b) => a.at - b.at || a.order - b.order);
    return this.queue.shift() ?? null;
  }

  private async deliver(event: Input): Promise<void> {
    const before = this.state.phase;
    const neighbours = this.options.neighbours?.((this.now - start) / 1_000) ?? [];
    const decision = decideRelease(this.state, event, { now: this.now, repository, neighbours });
    const stored: ReleaseState = JSON.parse(JSON.stringify(decision.state));
    if (JSON.stringify(stored) !== JSON.stringify(decision.state)) throw new Error('state is no plain JSON');
    this.state = stored;
    this.audit.push(...decision.audit);
    this.notePhase(before, stored.phase);
    // Results are routed by the release's commit, so none can arrive before the tag did.
    if (before === 'new' && stored.phase !== 'new') {
      for (const report of this.options.reports ?? allReports())
        this.send({ type: 'gate.reported', report }, 100);
    }
    for (const planned of decision.effects) await this.accept(planned);
  }

  private notePhase(before: ReleaseState['phase'], after: ReleaseState['phase']): void {
    if (before !== after) this.phasesSeen.push(after);
  }

  private async accept(planned: PlannedEffect): Promise<void> {
    const known = this.effects.get(planned.id);
    if (known !== undefined) {
      if (JSON.stringify(known.effect) !== JSON.stringify(planned.effect)) {
        throw new Error(`effect ${planned.id} was decided twice with different content`);
      }
      return;
    }
    this.effects.set(planned.id, planned);
    this.times.set(planned.id, this.now);
    const at = planned.notBefore ?? this.now;
    if (at > this.now) this.queue.push({ at, order: this.order++, event: planned });
    else await perform(this, planned.id, planned.effect);
  }

  settle(id: string, outcome: EffectSettled['outcome']): void {
    const key = effectKey({ kind: 'release', repository, key: 'v1.1.0' }, id);
    this.send({ type: 'effect.settled', key, kind: id.split('/')[0] ?? '', outcome });
  }

  /** One reading of both versions. */
  reading(effect: Extract<Effect, { kind: 'measureCanary' }>): ReturnType<Traffic['read']> {
    return this.traffic.read(effect, this.now, this.weight, this.options);
  }

  /** The release engineer does what the Conductor asks for. */
  react(body: string): void {
    const asked = /Ready for `(\/promote \d+)`/.exec(body)?.[1];
    if (asked !== undefined && !this.deaf && this.options.promotes !== false) this.say(asked);
  }
}
