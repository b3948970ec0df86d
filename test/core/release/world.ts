import { createHash } from 'node:crypto';
import { typedPolicyEngine } from '../../../adapters/policy/index.ts';
import { parseComment } from '../../../core/commands/grammar.ts';
import type { FlagSetting, FlagsSet, FlagTarget } from '../../../core/flags/model.ts';
import type { Effect, PlannedEffect } from '../../../core/flow/effect.ts';
import type {
  Actor,
  EffectSettled,
  GateReport,
  ReleaseEvent,
  ReleasePlanFacts,
} from '../../../core/flow/event.ts';
import { effectKey } from '../../../core/flow/key.ts';
import type { KpiReading } from '../../../core/kpi/reading.ts';
import type { CanaryReading } from '../../../core/ports/metrics.ts';
import { decideRelease } from '../../../core/release/decide.ts';
import type { Neighbour } from '../../../core/release/neighbours.ts';
import type { PreflightFacts } from '../../../core/release/preflight-facts.ts';
import { standingOf } from '../../../core/release/standing.ts';
import { type ReleaseState, unknownRelease } from '../../../core/release/state.ts';
import { allReports, planFacts, repository, shaA, start } from '../support/facts.ts';
import { promotionInput } from '../support/promotion-input.ts';

type Input = ReleaseEvent | EffectSettled;

export interface WorldOptions {
  readonly plan?: Partial<ReleasePlanFacts>;
  readonly reports?: readonly GateReport[];
  /** Results that were stored before the tag was pushed. */
  readonly earlierReports?: readonly GateReport[];
  /** Error rate of the new version at this moment; `weight` is its share of traffic in percent. */
  readonly errorRate?: (weight: number, seconds: number) => number;
  readonly baselineErrorRate?: number;
  /** Requests a second over both versions. */
  readonly rps?: number;
  readonly stageHasTraffic?: boolean;
  /** Readings that fail, by weight. */
  readonly blind?: (weight: number) => boolean;
  readonly deploymentState?: (
    effect: Extract<Effect, { kind: 'createDeployment' }>,
    n: number,
  ) => 'success' | 'failure';
  /** Refuses an effect: its outcome is an error. */
  readonly refuse?: (id: string) => boolean;
  /** Other releases of the repository. */
  readonly others?: readonly Pick<ReleaseState, 'tag' | 'way' | 'lock' | 'failure'>[];
  /** Why the provider does not take a change of a flag; undefined: it does. */
  readonly refuseFlag?: (flag: string, to: FlagTarget) => string | undefined;
  /** What the metrics say a day after GA. */
  readonly kpis?: (effect: Extract<Effect, { kind: 'measureKpis' }>) => readonly KpiReading[];
  /** What is read before the first deployment, where it is not as it should be. */
  readonly preflight?: Partial<PreflightFacts>;
  /** Objectives of production that burn; absent: there are none. */
  readonly burning?: (weight: number) => number | null;
  /** Reads the arms in place of the world's own counters. */
  readonly measure?: (
    effect: Extract<Effect, { kind: 'measureCanary' }>,
    world: World,
  ) => Promise<{ readonly reading: CanaryReading | null; readonly problem: string | null }>;
  readonly role?: string | null;
  readonly tagShaNow?: string;
  readonly sloBurn?: number | null;
  /** Does the release engineer type `/promote` whenever the Conductor says that it is ready? */
  readonly promotes?: boolean;
  readonly neighbours?: (seconds: number) => readonly Neighbour[];
  /** Chance in [0, 1): delays and repetitions of events. Absent: everything arrives at once and once. */
  readonly random?: () => number;
}

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
  private readonly counts = { canary: { requests: 0, errors: 0 }, baseline: { requests: 0, errors: 0 } };
  private countedAt = start;
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
      if ('effect' in next.event) await this.perform(next.event.id, next.event.effect);
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
  say(body: string, login = 'ada', type: Actor['type'] = 'User', commentId = ++this.comment): number {
    const parsed = parseComment(body);
    if (parsed.kind === 'none') return commentId;
    const actor: Actor = { login, type };
    const source = {
      commentId,
      issue: this.state.trackingIssue ?? 1,
      isPullRequest: false,
      url: `https://github.com/${repository}/issues/1#issuecomment-${commentId}`,
      bodySha256: createHash('sha256').update(body).digest('hex'),
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

  /** Traffic that really goes to the new version, as the pipeline last set it. */
  private advanceTo(at: number): void {
    this.now = Math.max(this.now, at);
    const seconds = (this.now - this.countedAt) / 1_000;
    const requests = (this.options.rps ?? 200) * seconds;
    const share = this.weight / 100;
    const rate = this.options.errorRate?.(this.weight, (this.now - start) / 1_000) ?? 0;
    this.counts.canary.requests += requests * share;
    this.counts.canary.errors += requests * share * rate;
    this.counts.baseline.requests += requests * (1 - share);
    this.counts.baseline.errors += requests * (1 - share) * (this.options.baselineErrorRate ?? 0);
    this.countedAt = this.now;
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
    else await this.perform(planned.id, planned.effect);
  }

  private settle(id: string, outcome: EffectSettled['outcome']): void {
    const key = effectKey({ kind: 'release', repository, key: 'v1.1.0' }, id);
    this.send({ type: 'effect.settled', key, kind: id.split('/')[0] ?? '', outcome });
  }

  private async perform(id: string, effect: Effect): Promise<void> {
    if (this.options.refuse?.(id) === true) {
      this.settle(id, { ok: false, code: 'GITHUB_REFUSED', message: 'GitHub answered 422' });
      return;
    }
    const ok = (value: Record<string, unknown> = {}): void => this.settle(id, { ok: true, value });
    switch (effect.kind) {
      case 'loadPlan':
        return this.send({
          type: 'plan.loaded',
          facts: planFacts(this.options.plan),
          reports: this.options.earlierReports ?? [],
        });
      case 'ensureDraftRelease':
        return ok({ releaseId: 77 });
      case 'openIssue':
        this.issues.push(effect);
        return ok({ number: this.issues.length });
      case 'updateIssue':
        this.status = effect.body ?? this.status;
        return ok();
      case 'postComment':
        this.comments.push(effect.body);
        this.react(effect.body);
        return ok();
      case 'createDeployment':
        return this.deploy(id, effect);
      case 'assessCommand':
        return this.assess(effect);
      case 'measureCanary':
        return this.send({
          type: 'canary.measured',
          step: effect.step,
          tick: effect.tick,
          ...(await (this.options.measure?.(effect, this) ?? this.read(effect))),
        });
      case 'packEvidence':
        return ok({ sha256: '1'.repeat(64), size: 10, bundleSha256: '2'.repeat(64) });
      case 'attachEvidence':
        return ok({ assets: [] });
      case 'publishRelease':
        return ok({ url: 'https://github.com/acme/shop/releases/v1.1.0' });
      case 'readFlags': {
        const settings = effect.flags.map((flag) => [flag, this.flags.get(flag)] as const);
        const missing = settings.find(([, setting]) => setting === undefined);
        if (missing === undefined) return ok({ settings: Object.fromEntries(settings) });
        const message = `there is no flag ${missing[0]}`;
        return this.settle(id, { ok: false, code: 'FLAG_UNKNOWN', message });
      }
      case 'setFlags':
        return ok({ ...this.setFlags(effect) });
      case 'measureKpis':
        return this.send({
          type: 'kpis.measured',
          readings: this.options.kpis?.(effect) ?? [],
          others: [],
        });
      case 'editReleaseNotes':
        this.notes = effect.body;
        return ok();
      case 'readSlo': {
        const burning = this.options.burning?.(this.weight);
        return this.send({ type: 'slo.read', n: effect.n, ...(burning !== undefined && { burning }) });
      }
      case 'readPreflight':
        return this.send({ type: 'preflight.read', n: effect.n, facts: this.preflight() });
      case 'startTimer':
        return this.send({ type: 'timer.fired', timer: effect.timer });
      case 'openStepUp':
        return ok({ url: `https://conductor.example/step-up/${effect.demand}` });
      case 'upsertComment':
        this.comments.push(effect.body);
        return ok();
      case 'supersedeRelease':
      case 'notify':
      case 'publishCheck':
      case 'addReaction':
        return ok();
    }
  }

  /** One flag after the other, until one is refused. */
  private setFlags({ changes, purpose, by, reason }: Extract<Effect, { kind: 'setFlags' }>): FlagsSet {
    const applied: string[] = [];
    for (const { flag, to } of changes) {
      const refusal = this.options.refuseFlag?.(flag, to);
      if (refusal !== undefined) return { applied, failed: [{ flag, reason: refusal }], reference: null };
      const killed = purpose === 'kill' ? `${by}: ${reason}` : null;
      const before = this.flags.get(flag) ?? { definition: null, share: null, killed: null };
      this.flags.set(flag, to.kind === 'former' ? to.setting : { ...before, share: to.percent, killed });
      applied.push(flag);
    }
    return { applied, failed: [], reference: null };
  }

  private preflight(): PreflightFacts {
    return {
      at: this.now,
      artifacts: [],
      conflicts: [],
      restorable: true,
      irreversible: { open: 0, acknowledged: 0 },
      rehearsed: null,
      ...this.options.preflight,
    };
  }

  private deploy(id: string, effect: Extract<Effect, { kind: 'createDeployment' }>): void {
    this.deployments.push(effect);
    const deploymentId = 500 + this.deployments.length;
    const end = this.options.deploymentState?.(effect, this.deployments.length) ?? 'success';
    if (end === 'success' && effect.environment === 'production') {
      this.weight = effect.task === 'rollback' ? 0 : effect.payload.weight;
    }
    this.settle(id, { ok: true, value: { deploymentId } });
    const base = { type: 'deployment.reported', deploymentId, environment: effect.environment } as const;
    this.send({ ...base, state: 'in_progress', description: '' }, 10);
    this.send({ ...base, state: end, description: end === 'failure' ? 'health check failed' : '' }, 20);
  }

  private async assess(effect: Extract<Effect, { kind: 'assessCommand' }>): Promise<void> {
    const { command, options, actor, source, round, facts } = effect;
    const { role = 'maintain', tagShaNow = shaA } = this.options;
    const gates = (this.options.reports ?? allReports()).map(({ gate, result }) => ({
      gate,
      verdict: result.verdict,
      sha: result.subject.sha,
      finishedAt: Date.parse(result.finished_at),
    }));
    const world = {
      tagShaNow,
      role,
      teams: [],
      gates,
      sloBurn: this.options.sloBurn ?? null,
      headroom: null,
      standing: standingOf([this.state, ...(this.options.others ?? [])], this.state.tag, this.now),
    };
    const input = promotionInput(repository, command, actor, facts, world, this.now);
    const decision = await typedPolicyEngine().decidePromotion(input);
    const assessment = { input, inputSha256: 'f'.repeat(64), decision };
    this.send({
      type: 'command.assessed',
      command,
      ...(options && { options }),
      actor,
      source,
      round,
      assessment,
    });
  }

  private read(effect: Extract<Effect, { kind: 'measureCanary' }>): {
    reading: CanaryReading | null;
    problem: string | null;
  } {
    if (this.options.blind?.(this.weight) === true)
      return { reading: null, problem: 'provider answered 500' };
    const isStage = effect.environment === 'stage';
    const none = { version: '', instances: [] };
    if (isStage && this.options.stageHasTraffic !== true) {
      return { reading: { at: this.now, canary: none, baseline: none }, problem: null };
    }
    const seconds = Math.floor((this.now - start) / 1_000);
    const canary = isStage ? { requests: seconds * 50, errors: 0 } : rounded(this.counts.canary);
    const arm = (version: string, counts: { requests: number; errors: number }) => ({
      version,
      instances: [{ id: `${version}-1`, ...counts, slow: null }],
    });
    const reading = {
      at: this.now,
      canary: arm('v1.1.0', canary),
      baseline: arm('v1.0.0', rounded(this.counts.baseline)),
    };
    return { reading, problem: null };
  }

  /** The release engineer does what the Conductor asks for. */
  private react(body: string): void {
    const asked = /Ready for `(\/promote \d+)`/.exec(body)?.[1];
    if (asked !== undefined && !this.deaf && this.options.promotes !== false) this.say(asked);
  }
}

function rounded(counts: { requests: number; errors: number }): { requests: number; errors: number } {
  return { requests: Math.floor(counts.requests), errors: Math.floor(counts.errors) };
}
