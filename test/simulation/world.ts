import { configPath } from '../../core/config/parse.ts';
import { gatesNotPassed } from '../../core/release/gates.ts';
import type { ReleaseState } from '../../core/release/state.ts';
import { hasLeftTheWay } from '../../core/release/phase.ts';
import { isLastStep, isStepReady } from '../../core/release/steps.ts';
import { BlobServer } from './evidence.ts';
import { FaultInjector } from './faults.ts';
import { Hub, type SentDelivery, type Wire } from './github/hub.ts';
import { MetricsProvider } from './metrics.ts';
import { configText, People, workflowPath } from './people.ts';
import { Pipeline } from './pipeline.ts';
import { type Fault, mainTag, type Plan, troubleFor } from './plan.ts';
import { Platform } from './platform.ts';
import { PostgresServer } from './postgres/server.ts';
import type { Row } from './postgres/tables.ts';
import { QueueServer } from './queue.ts';
import { type Parts, type Replica, startReplica } from './replica.ts';
import { type Process, Scheduler } from './scheduler.ts';

const minute = 60_000;
export const begin = Date.UTC(2026, 0, 5, 10);

interface Slot {
  replica: Replica | null;
  process: Process;
}

/** Everything that one seed brings to life, wired together. */
export class World {
  readonly plan: Plan;
  readonly scheduler: Scheduler;
  readonly postgres: PostgresServer;
  readonly queue: QueueServer;
  readonly hub: Hub;
  readonly platform: Platform;
  readonly pipeline: Pipeline;
  readonly metrics: MetricsProvider;
  readonly blobs: BlobServer;
  readonly people: People;
  readonly faults: FaultInjector;
  readonly acknowledged = new Set<string>();
  readonly #slots: Slot[];
  readonly #decorate: (parts: Parts) => Parts;
  readonly #webhookFaults: Extract<Fault, { kind: 'webhook' }>[];

  constructor(
    plan: Plan,
    options: { readonly decorate?: (parts: Parts) => Parts; readonly history?: boolean } = {},
  ) {
    this.plan = plan;
    this.#decorate = options.decorate ?? ((parts) => parts);
    const scheduler = new Scheduler(plan.seed, begin, options.history);
    this.scheduler = scheduler;
    this.postgres = new PostgresServer(scheduler);
    this.queue = new QueueServer(scheduler);
    this.hub = new Hub(scheduler);
    this.platform = new Platform(begin, 'v1.0.0');
    this.pipeline = new Pipeline(scheduler, this.hub, this.platform);
    this.metrics = new MetricsProvider(scheduler, this.platform);
    this.blobs = new BlobServer(scheduler);
    this.faults = new FaultInjector(
      { scheduler, hub: this.hub, postgres: this.postgres, begin },
      plan.faults,
    );
    scheduler.interceptor = this.faults;
    this.people = new People(scheduler, this.hub, (submitted, done) => {
      const replica = this.#anyReplica();
      replica?.submit(submitted).then(
        () => done(true),
        () => done(false),
      );
    });
    this.#slots = plan.skews.slice(0, plan.replicas).map((skew, index) => ({
      replica: null,
      process: { id: `r${index}`, generation: 0, alive: true, frozenUntil: 0, withoutLocksUntil: 0, skew },
    }));
    this.#webhookFaults = plan.faults.filter((fault) => fault.kind === 'webhook');
    this.#wire();
    this.#furnish();
  }

  /** Rows that are committed. */
  rows(table: string): readonly Row[] {
    return [...(this.postgres.tables.get(table)?.tuples ?? [])].flatMap(({ committed }) =>
      committed === null ? [] : [committed],
    );
  }

  releases(): readonly ReleaseState[] {
    return this.rows('aggregates').flatMap(({ kind, state }) =>
      kind === 'release' ? (state as ReleaseState) : [],
    );
  }

  release(tag: string): ReleaseState | undefined {
    return this.releases().find((release) => release.tag === tag);
  }

  get elapsed(): number {
    return this.scheduler.now - begin;
  }

  /** End of the last window of trouble, ms after the beginning. */
  get calmFrom(): number {
    const ends = this.plan.faults.map((fault) => fault.at + ('for' in fault ? fault.for : 0));
    return Math.max(troubleFor, ...ends);
  }

  #wire(): void {
    this.faults.kill = (process) => this.kill(process);
    this.hub.transport = (sent, wire) => this.#send(sent, wire);
    this.hub.happened = (what) => {
      if (what.kind === 'deployment') this.pipeline.take(what.deployment);
    };
    this.pipeline.isUpAt = () => this.faults.downUntil;
  }

  #furnish(): void {
    const { repository } = this.hub;
    const files = new Map([
      [configPath, configText(this.plan.advance)],
      [workflowPath, 'on: push\n'],
    ]);
    const first = repository.commit('begin', null, files);
    repository.setRef('heads/main', first.sha, begin - minute);
    repository.setRef('tags/v1.0.0', first.sha, begin - minute);
    repository.releases.push({
      id: 1,
      author: 'alice',
      createdAt: begin - minute,
      tag: 'v1.0.0',
      draft: false,
      body: '',
      publishedAt: begin - minute,
    });
    for (const [login, role] of [
      ['alice', 'admin'],
      ['mia', 'maintain'],
      ['carol', 'read'],
    ] as const) {
      repository.roles.set(login, role);
    }
    for (const slot of this.#slots) this.scheduler.at(begin, 'boot', () => this.#boot(slot));
    for (const act of this.plan.acts) {
      // Nobody can do anything at GitHub while it is down.
      const run = (): void => {
        if (this.scheduler.now < this.faults.downUntil)
          this.scheduler.at(this.faults.downUntil + 1, 'people', run);
        else this.people.do(act);
      };
      this.scheduler.at(begin + act.at, 'people', run);
    }
    for (const fault of this.plan.faults) this.#schedule(fault);
    const { quality } = this.plan;
    this.scheduler.at(begin + quality.from, 'version', () =>
      this.platform.spoil(mainTag, quality.errorRate, this.scheduler.now),
    );
    this.#everyMinute(1);
  }

  #everyMinute(n: number): void {
    this.scheduler.at(begin + n * minute, 'minute', () => {
      this.#cron(n);
      this.#manage();
      this.#everyMinute(n + 1);
    });
  }

  /** pg-boss runs a scheduled job on one replica. */
  #cron(n: number): void {
    const replica = this.#anyReplica();
    for (const { cron, handle } of replica?.cronJobs ?? []) {
      if (cron.startsWith('* ') || Number(cron.split(' ')[0]) === n % 60) handle().catch(() => undefined);
    }
  }

  /** A release manager promotes by hand where the config says so; when trouble is over an operator ends holds. */
  #manage(): void {
    if (this.scheduler.now < this.faults.downUntil) return;
    const isCalm = this.elapsed > this.calmFrom;
    for (const release of this.releases()) {
      // A failed release keeps the way closed until somebody says that its cause is understood.
      if (isCalm && release.phase === 'rolled_back' && release.failure?.resolvedBy === null) {
        this.people.comment(release.tag, 'alice', '/resume');
      }
      if (hasLeftTheWay(release.phase) || release.plan === null) continue;
      const { tag, phase, hold } = release;
      if (isCalm && gatesNotPassed(release).length > 0) {
        for (const gate of release.plan.config.required_gates) this.people.runGate(tag, gate, 'pass');
      }
      if (hold !== null && isCalm) {
        this.people.comment(tag, 'alice', phase === 'rollback_failed' ? '/rollback try again' : '/resume');
      } else if (hold === null && release.plan.config.canary.advance === 'manual') {
        const isReady =
          phase === 'stage_verified' ||
          (phase === 'soaking' && !isLastStep(release) && isStepReady(release, this.scheduler.now));
        if (isReady) this.people.comment(tag, 'mia', '/promote next');
      }
    }
  }

  #boot(slot: Slot): void {
    const { process } = slot;
    startReplica(process, { ...this, decorate: this.#decorate }).then(
      (replica) => {
        if (process.alive) slot.replica = replica;
      },
      () => this.kill(process),
    );
  }

  /** The process is gone; another one comes in its place. */
  kill(process: Process): void {
    if (!process.alive) return;
    process.alive = false;
    for (const session of this.postgres.sessionsOf(process)) this.postgres.lose(session);
    const slot = this.#slots.find((candidate) => candidate.process === process);
    if (slot === undefined) return;
    slot.replica = null;
    slot.process = {
      id: process.id,
      generation: process.generation + 1,
      alive: true,
      frozenUntil: 0,
      withoutLocksUntil: 0,
      skew: process.skew,
    };
    const delay = this.scheduler.between(500, 20_000);
    this.faults.disturb(delay + 5_000);
    this.scheduler.at(this.scheduler.now + delay, 'boot', () => this.#boot(slot));
  }

  #anyReplica(): Replica | null {
    const up = this.#slots.flatMap(({ replica }) =>
      replica?.process.alive && replica.process.frozenUntil <= this.scheduler.now ? replica : [],
    );
    return up.length === 0 ? null : this.scheduler.pick(up);
  }

  #send(sent: SentDelivery, wire: Wire): void {
    const fault = this.#webhookFaults[0];
    const isHit = fault !== undefined && this.elapsed >= fault.at;
    if (isHit) {
      this.#webhookFaults.shift();
      this.faults.count(`webhook ${fault.what}`);
    }
    const delay = this.scheduler.between(30, 1_500);
    switch (isHit ? fault.what : 'arrives') {
      case 'dropped':
        sent.status = 502;
        return;
      case 'late':
        this.#arrive(sent, wire, fault?.by ?? 0);
        return;
      case 'duplicated':
        this.#arrive(sent, wire, delay);
        this.#arrive(sent, wire, this.scheduler.between(30, 60_000));
        return;
      case 'forged':
        this.#arrive(
          null,
          { ...wire, guid: `${wire.guid}-f`, body: wire.body.replaceAll('"id"', '"id" ') },
          delay,
        );
        this.#arrive(sent, wire, delay);
        return;
      default:
        this.#arrive(sent, wire, delay);
    }
  }

  /** `sent` is null for what did not come from GitHub. */
  #arrive(sent: SentDelivery | null, wire: Wire, delay: number): void {
    this.scheduler.at(this.scheduler.now + delay, 'webhook', () => {
      const replica = this.#anyReplica();
      if (replica === null) {
        if (sent !== null && sent.status === 0) sent.status = 502;
        return;
      }
      replica.receive(wire).then(
        (result) => {
          if (sent !== null) sent.status = 200;
          if (result === 'stored') this.acknowledged.add(wire.guid);
        },
        () => {
          if (sent !== null && sent.status !== 200) sent.status = 500;
        },
      );
      // GitHub gives up after ten seconds.
      this.scheduler.at(this.scheduler.now + 10_000, 'webhook times out', () => {
        if (sent !== null && sent.status === 0) sent.status = 504;
      });
    });
  }

  #schedule(fault: Fault): void {
    const at = begin + fault.at;
    switch (fault.kind) {
      case 'github down':
        this.#during(at, fault.for, 'github down', () => {
          this.faults.downUntil = Math.max(this.faults.downUntil, at + fault.for);
        });
        break;
      case 'metrics':
        this.#during(at, fault.for, `metrics ${fault.mood}`, () => {
          this.metrics.mood = fault.mood;
        });
        this.scheduler.at(at + fault.for, 'metrics', () => {
          this.metrics.mood = 'fine';
        });
        break;
      case 'counters reset':
        this.#during(at, 0, fault.kind, () => this.platform.reset(fault.version, this.scheduler.now));
        break;
      case 'clock jump':
        this.#during(at, 120_000, fault.kind, () => {
          const slot = this.#slots[fault.replica % this.#slots.length];
          if (slot !== undefined) slot.process.skew += fault.by;
        });
        break;
      case 'pipeline':
        this.#during(at, 0, `pipeline ${fault.mood}`, () => this.pipeline.moods.push(fault.mood));
        break;
      default:
        break;
    }
  }

  #during(at: number, length: number, kind: string, run: () => void): void {
    this.scheduler.at(at, kind, () => {
      this.faults.count(kind);
      this.faults.disturb(length);
      run();
    });
  }
}
