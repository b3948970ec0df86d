import type { Phase } from '../../core/release/phase.ts';
import type { ReleaseState } from '../../core/release/state.ts';
import { Actions } from './actions.ts';
import { Carrier } from './carrier.ts';
import { Cluster } from './cluster.ts';
import { BlobServer } from './evidence.ts';
import { FaultInjector } from './faults.ts';
import { furnish } from './furniture.ts';
import { Hub } from './github/hub.ts';
import { manage } from './manager.ts';
import { MetricsProvider } from './metrics.ts';
import { People } from './people.ts';
import { Pipeline } from './pipeline.ts';
import { type Act, type Fault, mainTag, type Plan, troubleFor } from './plan.ts';
import { Platform } from './platform.ts';
import { PostgresServer } from './postgres/server.ts';
import type { Row } from './postgres/tables.ts';
import { QueueServer } from './queue.ts';
import type { Reference } from './reference.ts';
import type { Parts } from './replica.ts';
import { Scheduler } from './scheduler.ts';

const minute = 60_000;
/** Harm that a jumping clock does to what is planned ahead, ms. */
const jumpSettles = 120_000;
export const begin = Date.UTC(2026, 0, 5, 10);

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
  readonly cluster: Cluster;
  readonly carrier: Carrier;
  /** When a release was told to go back, or ended, virtual time. */
  readonly wentBackAt = new Map<string, number>();
  /** What the audit log says of each release, entry by entry. */
  readonly references = new Map<string, Reference>();
  readonly #onceEntered: { readonly phase: Phase; readonly run: () => void }[] = [];

  constructor(
    plan: Plan,
    options: { readonly decorate?: (parts: Parts) => Parts; readonly history?: boolean } = {},
  ) {
    this.plan = plan;
    const scheduler = new Scheduler(plan.seed, begin, options.history);
    this.scheduler = scheduler;
    this.postgres = new PostgresServer(scheduler);
    this.queue = new QueueServer(scheduler);
    this.hub = new Hub(scheduler);
    this.platform = new Platform(begin, 'v1.0.0');
    this.pipeline = new Pipeline(scheduler, this.hub, this.platform);
    this.metrics = new MetricsProvider(scheduler, this.platform);
    this.blobs = new BlobServer(scheduler);
    const { hub, postgres } = this;
    this.faults = new FaultInjector({ scheduler, hub, postgres, begin }, plan.faults);
    this.cluster = new Cluster(
      plan.skews.slice(0, plan.replicas),
      { ...this },
      options.decorate ?? ((parts) => parts),
    );
    const { cluster, faults } = this;
    this.carrier = new Carrier({ scheduler, cluster, faults, begin }, plan.faults);
    const actions = new Actions(scheduler, hub, (submitted, done) => {
      const replica = cluster.any();
      replica?.submit(submitted).then(
        () => done(true),
        () => done(false),
      );
    });
    this.people = new People(scheduler, hub, actions);
    this.#wire();
    furnish(hub.repository, plan, begin - minute);
    this.#plan();
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
    this.scheduler.interceptor = this.faults;
    this.faults.kill = (process) => this.cluster.kill(process);
    this.cluster.disturbed = (ms) => this.faults.disturb(ms);
    this.hub.transport = (sent, wire) => this.carrier.send(sent, wire);
    this.hub.happened = (what) => {
      if (what.kind === 'deployment') this.pipeline.take(what.deployment);
    };
    this.pipeline.isUpAt = () => this.faults.downUntil;
  }

  #plan(): void {
    this.cluster.bootAll(begin);
    for (const act of this.plan.acts) this.#expect(act);
    for (const fault of this.plan.faults) this.#schedule(fault);
    const { quality } = this.plan;
    this.scheduler.at(begin + quality.from, 'version', () =>
      this.platform.spoil(mainTag, quality.errorRate, this.scheduler.now),
    );
    this.#everyMinute(1);
  }

  #expect(act: Act): void {
    const run = (): void => {
      // Nobody can do anything at GitHub while it is down.
      const { downUntil } = this.faults;
      if (this.scheduler.now < downUntil) this.scheduler.at(downUntil + 1, 'people', run);
      else this.people.do(act);
    };
    const { at, after } = act;
    if (after === undefined) this.scheduler.at(begin + at, 'people', run);
    else
      this.#onceEntered.push({
        phase: after,
        run: () => this.scheduler.at(this.scheduler.now + at, 'people', run),
      });
  }

  /** A release has come into a phase: some people wait for just that. */
  entered(tag: string, phase: Phase): void {
    if (tag !== mainTag) return;
    for (const waiting of this.#onceEntered.splice(0)) {
      if (waiting.phase === phase) waiting.run();
      else this.#onceEntered.push(waiting);
    }
  }

  #everyMinute(n: number): void {
    this.scheduler.at(begin + n * minute, 'minute', () => {
      this.cluster.runJobs(n);
      const { now } = this.scheduler;
      if (now >= this.faults.downUntil)
        manage(this.releases(), this.people, now, this.elapsed > this.calmFrom);
      this.#everyMinute(n + 1);
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
        this.#during(at, jumpSettles, fault.kind, () => this.cluster.skew(fault.replica, fault.by));
        break;
      case 'clock of the database jumps':
        this.#during(at, jumpSettles, fault.kind, () => {
          this.postgres.skew += fault.by;
        });
        break;
      case 'rolling update':
        this.#during(at, 60_000, fault.kind, () => this.cluster.replaceAll());
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
      this.scheduler.tell(kind);
      this.faults.count(kind);
      this.faults.disturb(length);
      run();
    });
  }
}
