import { type PreviewsConfig, previewsSchema } from '../../../core/config/previews.ts';
import type { Effect, PlannedEffect } from '../../../core/flow/effect.ts';
import type { EffectSettled } from '../../../core/flow/event.ts';
import type { LedgerRow } from '../../../core/preview/budget.ts';
import { dayAt } from '../../../core/preview/day.ts';
import { decidePreview } from '../../../core/preview/decide.ts';
import type { PreviewEvent } from '../../../core/preview/event.ts';
import { ledgerRow } from '../../../core/preview/ledger.ts';
import type { PreviewState } from '../../../core/preview/state.ts';
import { isSwept, sweepEvery } from '../../../core/preview/sweep.ts';
import { normalFrom, randomFrom } from '../../../core/stats/random.ts';
import { Heap } from '../heap.ts';
import { Provider } from './provider.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export interface MonthOptions {
  readonly seed: number;
  readonly days: number;
  /** Pull requests of the organisation, a day. */
  readonly pullRequests: number;
  readonly repositories: number;
  /** Chance that a webhook never comes. */
  readonly lostWebhooks: number;
  /** Chance that the pipeline fails an order. */
  readonly failures: number;
  /** US dollars a day of the whole organisation. */
  readonly budget: number;
}

export interface MonthReport {
  readonly pullRequests: number;
  readonly orders: number;
  /** Things of the provider that stood for closed pull requests an hour after the last event. */
  readonly orphans: number;
  /** The largest sum by which a day's true cost went above the budget, US dollars. */
  readonly overspent: number;
  /** What one sweep interval cost at the dearest moment, US dollars. */
  readonly sweepCost: number;
  readonly spent: number;
  readonly refusals: number;
  /** Calls to GitHub's API. */
  readonly calls: number;
  readonly mostCallsInAnHour: number;
}

interface PullRequest {
  readonly repository: string;
  readonly number: number;
  open: boolean;
  headSha: string;
}

/** One organisation with a virtual clock: the real machine, with a GitHub and a provider that fail. */
export class Month {
  private readonly options: MonthOptions;
  private readonly random: () => number;
  private readonly start = Date.UTC(2026, 2, 1);
  private now = this.start;
  private readonly agenda = new Heap<{ readonly at: number; readonly n: number; readonly act: () => void }>(
    (a, b) => a.at - b.at || a.n - b.n,
  );
  private planned = 0;
  private readonly states = new Map<string, PreviewState>();
  /** Those of yesterday, out of the way of the ledger. */
  private readonly over = new Map<string, PreviewState>();
  private readonly pulls = new Map<string, PullRequest>();
  private readonly provider: Provider;
  private readonly config: PreviewsConfig;
  private readonly callsByHour = new Map<number, number>();
  private deployments = 0;
  private refusals = 0;
  private lastEvent = 0;

  constructor(options: MonthOptions) {
    this.options = options;
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
      for (const pull of this.pulls.values()) if (pull.open) this.close(pull);
    });
    for (let at = this.start; at <= end + 2 * hour; at += sweepEvery) this.at(at, () => this.sweep());
    for (let at = this.start + 17 * minute; at <= end + 2 * hour; at += hour)
      this.at(at, () => this.reconcile());
    this.drainUntil(() => this.now > end && this.now > this.lastEvent + hour);
    return this.report();
  }

  private report(): MonthReport {
    const calls = [...this.callsByHour.values()];
    const { overspent, sweepCost } = this.provider.againstBudget(this.options.budget, sweepEvery);
    return {
      pullRequests: this.pulls.size,
      orders: this.deployments,
      orphans: this.provider.standing().filter((key) => this.pulls.get(key)?.open !== true).length,
      overspent,
      sweepCost,
      spent: this.provider.spent(),
      refusals: this.refusals,
      calls: calls.reduce((sum, count) => sum + count, 0),
      mostCallsInAnHour: Math.max(0, ...calls),
    };
  }

  private at(at: number, act: () => void): void {
    this.agenda.push({ at: Math.max(at, this.now), n: ++this.planned, act });
  }

  private drainUntil(isOver: () => boolean): void {
    for (let next = this.agenda.pop(); next !== undefined && !isOver(); next = this.agenda.pop()) {
      this.now = next.at;
      this.provider.tick(this.now, dayAt(this.now, this.config.budget.time_zone));
      next.act();
    }
  }

  private open(number: number): void {
    const repository = `acme/r${number % this.options.repositories}`;
    const pull = { repository, number, open: true, headSha: `${number}-0` };
    this.pulls.set(`${repository}#${number}`, pull);
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
      const pull = this.pulls.get(key);
      if (pull !== undefined && (state.open || state.mayExist) && isSwept(state)) this.touch(pull);
    }
  }

  /** Once an hour every open pull request is read. */
  private reconcile(): void {
    this.called(this.options.repositories);
    for (const pull of this.pulls.values()) {
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
    const decision = decidePreview(before, event, { now: this.now, repository, others });
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
      default:
        this.called(2);
        this.settle(pull, id, effect.kind, {});
    }
  }

  private answerRead(pull: PullRequest, effect: Extract<Effect, { kind: 'readPreview' }>): void {
    this.called(1 + (effect.baseSha === 'base' ? 0 : 1) + (effect.awaited === null ? 0 : 1));
    const others = [...this.states]
      .filter(([key, state]) => key !== keyOf(pull) && (state.mayExist || isRecent(state, this.now)))
      .map(([key, state]) =>
        ledgerRow(state, key.split('#')[0] ?? '', this.now, this.config.budget.time_zone),
      );
    const report = effect.awaited === null ? null : this.provider.reportOf(effect.awaited, this.now);
    this.tell(
      pull,
      {
        type: 'preview.read',
        pullRequest: pull.number,
        facts: {
          open: pull.open,
          draft: false,
          fork: false,
          labels: [],
          headSha: pull.headSha,
          baseSha: 'base',
          config: effect.baseSha === 'base' ? 'as known' : this.config,
          report,
          spentToday: null,
          gateway: null,
          author: 'mona',
        },
      },
      others,
    );
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
    const at = Math.floor(this.now / hour);
    this.callsByHour.set(at, (this.callsByHour.get(at) ?? 0) + count);
  }
}

function keyOf({ repository, number }: PullRequest): string {
  return `${repository}#${number}`;
}

function isRecent({ meter }: PreviewState, now: number): boolean {
  const last = meter.at(-1);
  return last !== undefined && (last.to === null || now - last.to < 26 * hour);
}
