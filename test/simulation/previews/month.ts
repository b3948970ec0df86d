import { type PreviewsConfig, previewsSchema } from '../../../core/config/previews.ts';
import type { Effect, PlannedEffect } from '../../../core/flow/effect.ts';
import type { EffectSettled } from '../../../core/flow/event.ts';
import type { LedgerRow } from '../../../core/preview/budget.ts';
import { dayAt } from '../../../core/preview/day.ts';
import { decidePreview } from '../../../core/preview/decide.ts';
import type { PreviewEvent } from '../../../core/preview/event.ts';
import { nextInLine, othersOf, rowOf } from '../../../core/preview/next-in-line.ts';
import type { PreviewState } from '../../../core/preview/state.ts';
import { isSwept, sweepEvery } from '../../../core/preview/sweep.ts';
import { normalFrom, randomFrom } from '../../../core/stats/random.ts';
import { Agenda } from './agenda.ts';
import { Hub, keyOf, type PullRequest } from './hub.ts';
import type { MonthOptions, MonthReport } from './options.ts';
import { Provider } from './provider.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** One organisation with a virtual clock: the real machine, with a GitHub and a provider that fail. */
export class Month {
  private readonly options: MonthOptions;
  private readonly random: () => number;
  private readonly start = Date.UTC(2026, 2, 1);
  private readonly agenda = new Agenda(this.start);
  private readonly hub = new Hub();
  private readonly decide: typeof decidePreview;
  private readonly states = new Map<string, PreviewState>();
  /** Those of yesterday, out of the way of the ledger. */
  private readonly over = new Map<string, PreviewState>();
  private readonly provider: Provider;
  private readonly config: PreviewsConfig;
  private deployments = 0;
  private refusals = 0;
  private lastEvent = 0;

  /** @param decide stands in for the real machine, where a mistake is planted. */
  constructor(options: MonthOptions, decide: typeof decidePreview = decidePreview) {
    this.options = options;
    this.decide = decide;
    this.random = randomFrom(options.seed);
    this.provider = new Provider(this.random, options.failures);
    const { budget } = options;
    this.config = previewsSchema.parse({
      when: 'always',
      ttl: '72h',
      max_concurrent: 1_000,
      budget: { preview: 3, repository: budget, organisation: budget, time_zone: 'Europe/Berlin' },
    });
  }

  run(): MonthReport {
    const { days, pullRequests } = this.options;
    for (let n = 1; n <= days * pullRequests; n++) {
      const spread = (n - 1 + this.random()) / (days * pullRequests);
      this.at(this.start + spread * days * day, () => this.open(n));
    }
    const end = this.start + days * day;
    // Two outages of the pipeline, two and a half hours each.
    for (const at of [0.3, 0.7])
      this.provider.fails(this.start + at * days * day, this.start + at * days * day + 2.5 * hour);
    this.at(end, () => {
      for (const pull of this.hub.pulls.values()) if (pull.open) this.close(pull);
    });
    for (let at = this.start; at <= end + 2 * hour; at += sweepEvery) this.at(at, () => this.sweep());
    for (let at = this.start + 17 * minute; at <= end + 2 * hour; at += hour)
      this.at(at, () => this.reconcile());
    this.agenda.drainUntil(
      () => this.now > end && this.now > this.lastEvent + hour,
      (now) => this.provider.tick(now, dayAt(now, this.config.budget.time_zone)),
    );
    return this.report();
  }

  private report(): MonthReport {
    const { overspent, sweepCost } = this.provider.againstBudget(this.options.budget, sweepEvery);
    return {
      pullRequests: this.hub.pulls.size,
      orders: this.deployments,
      orphans: this.provider.standing().filter((key) => this.hub.pulls.get(key)?.open !== true).length,
      overspent,
      sweepCost,
      spent: this.provider.spent(),
      refusals: this.refusals,
      ...this.hub.calls(),
    };
  }

  private get now(): number {
    return this.agenda.now;
  }

  private at(at: number, act: () => void): void {
    this.agenda.at(at, act);
  }

  private open(number: number): void {
    const repository = `acme/r${number % this.options.repositories}`;
    const pull = this.hub.open(repository, number);
    this.webhook(pull);
    // Half of them live less than four hours, one in twenty more than three days.
    const life = 4 * hour * Math.exp(1.7 * normalFrom(this.random));
    const pushes = Math.floor(this.random() * 5);
    for (let n = 1; n <= pushes; n++)
      this.at(this.now + this.random() * life, () => {
        if (!pull.open) return;
        pull.headSha = `${number}-${n}`;
        this.webhook(pull);
      });
    this.at(this.now + life, () => this.close(pull));
    const visits = Math.floor(this.random() * 6);
    for (let n = 0; n < visits; n++)
      this.at(this.now + this.random() * life, () => {
        if (this.states.get(keyOf(pull))?.mayExist) this.tell(pull, { type: 'preview.visited' });
      });
  }

  private close(pull: PullRequest): void {
    if (!pull.open) return;
    pull.open = false;
    this.lastEvent = this.now;
    this.webhook(pull);
  }

  /** Lost, late, or twice. */
  private webhook(pull: PullRequest): void {
    if (this.random() < this.options.lostWebhooks) return;
    const copies = this.random() < 0.05 ? 2 : 1;
    for (let n = 0; n < copies; n++) this.at(this.now + 2 * minute * this.random(), () => this.touch(pull));
  }

  private touch(pull: PullRequest): void {
    this.tell(pull, { type: 'preview.touched', pullRequest: pull.number });
  }

  private sweep(): void {
    for (const [key, state] of this.states) {
      if (!state.open && !state.mayExist && !isRecent(state, this.now)) {
        this.over.set(key, state);
        this.states.delete(key);
        continue;
      }
      const pull = this.hub.pulls.get(key);
      if (pull !== undefined && (state.open || state.mayExist) && isSwept(state)) this.touch(pull);
    }
    this.callWaiting();
  }

  private callWaiting(): void {
    const previews = [...this.states].map(([key, state]) => ({ repository: key.split('#')[0] ?? '', state }));
    for (const { repository, state } of nextInLine(previews, this.now)) {
      const pull = this.hub.pulls.get(keyOf({ repository, number: state.pullRequest }));
      if (pull !== undefined) this.touch(pull);
    }
  }

  /** Once an hour every open pull request is read. */
  private reconcile(): void {
    this.called(this.options.repositories);
    for (const pull of this.hub.pulls.values()) {
      if (!pull.open) continue;
      this.called(2);
      this.touch(pull);
    }
  }

  private tell(
    pull: PullRequest,
    event: PreviewEvent | EffectSettled,
    others: readonly LedgerRow[] | null = null,
  ): void {
    const before = this.states.get(keyOf(pull)) ?? this.over.get(keyOf(pull)) ?? null;
    const { repository } = pull;
    const decision = this.decide(before, event, { now: this.now, repository, others });
    this.states.set(keyOf(pull), decision.state);
    if (decision.state.refusal?.kind === 'budget' && before?.refusal?.kind !== 'budget') this.refusals += 1;
    for (const planned of decision.effects)
      this.at(this.now + 1_000 + 4_000 * this.random(), () => this.perform(pull, planned));
  }

  private perform(pull: PullRequest, { id, effect }: PlannedEffect): void {
    switch (effect.kind) {
      case 'readPreview':
        this.answerRead(pull, effect);
        return;
      case 'orderPreview':
        this.answerOrder(pull, id, effect);
        return;
      case 'callWaiting':
        this.callWaiting();
        this.settle(pull, id, 'callWaiting', {});
        return;
      default:
        this.called(2);
        this.settle(pull, id, effect.kind, {});
    }
  }

  private answerRead(pull: PullRequest, effect: Extract<Effect, { kind: 'readPreview' }>): void {
    this.called(1 + (effect.baseSha === 'base' ? 0 : 1) + (effect.awaited === null ? 0 : 1));
    const rows = [...this.states]
      .filter(([, state]) => state.mayExist || state.waits != null || isRecent(state, this.now))
      .map(([key, state]) => rowOf(key.split('#')[0] ?? '', state, this.now));
    const others = othersOf(rows, pull.repository, pull.number);
    const report = effect.awaited === null ? null : this.provider.reportOf(effect.awaited, this.now);
    const facts = this.hub.facts(pull, effect.baseSha, this.config, report);
    this.tell(pull, { type: 'preview.read', pullRequest: pull.number, facts }, others);
  }

  private answerOrder(
    pull: PullRequest,
    id: string,
    { payload }: Extract<Effect, { kind: 'orderPreview' }>,
  ): void {
    this.called(2);
    const deployment = ++this.deployments;
    this.settle(pull, id, 'orderPreview', { deploymentId: deployment });
    const price = this.config.cost.sizes[payload.size]?.per_hour ?? 0;
    const until = this.now + minute + 5 * minute * this.random();
    const order = { deployment, key: keyOf(pull), action: payload.action, price };
    this.provider.order(order, this.now, until);
    this.at(until, () => {
      const report = this.provider.carryOut(order, this.now);
      if (this.random() < this.options.lostWebhooks) return;
      this.at(this.now + minute * this.random(), () =>
        this.tell(pull, { type: 'preview.reported', ...report }),
      );
    });
  }

  private settle(
    pull: PullRequest,
    id: string,
    kind: Effect['kind'],
    value: Readonly<Record<string, number>>,
  ): void {
    this.tell(pull, { type: 'effect.settled', key: `preview#${id}`, kind, outcome: { ok: true, value } });
  }

  private called(count: number): void {
    this.hub.called(count, this.now);
  }
}

function isRecent({ meter }: PreviewState, now: number): boolean {
  const last = meter.at(-1);
  return last !== undefined && (last.to === null || now - last.to < 26 * hour);
}
