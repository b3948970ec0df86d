import { type OctokitRequest, patientRequests, type RequestClock } from '../../adapters/github/index.ts';
import type { Queue } from '../../adapters/pg-boss/index.ts';
import { regoPolicyEngine } from '../../adapters/policy/rego-engine.ts';
import {
  type Database,
  type PendingEffect,
  type SharedClock,
  seeRepository,
  sharedClock,
} from '../../adapters/postgres/index.ts';
import { setEvery } from '../../app/clock.ts';
import { coreDecider } from '../../app/decider.ts';
import { type EffectServices, performWith } from '../../app/effects/performer.ts';
import { performers } from '../../app/effects/registry.ts';
import { describeDelivery } from '../../app/events/describe.ts';
import { interpretDelivery } from '../../app/events/interpret.ts';
import { isWanted } from '../../app/events/registry.ts';
import { believe } from '../../app/evidence/believe.ts';
import { type IntakePorts, type Submitted, takeIn } from '../../app/evidence/intake.ts';
import { applyEvents, effectQueue } from '../../app/flow/apply.ts';
import type { Decider } from '../../app/flow/decide.ts';
import { type InboxPorts, processDelivery } from '../../app/flow/inbox.ts';
import { InboxWriter, inboxQueue } from '../../app/flow/inbox-writer.ts';
import { type OutboxPorts, performEffect } from '../../app/flow/outbox.ts';
import { resumeUnfinished } from '../../app/flow/recover.ts';
import { isSignatureOf } from '../../app/http/signature.ts';
import { createJobs, type JobPorts } from '../../app/jobs/schedule.ts';
import { type Clock, silentLog } from '../../core/ports/system.ts';
import { type BlobServer, simulatedEvidence } from './evidence.ts';
import { simulatedClock, simulatedGithub, simulatedWire } from './github/access.ts';
import { type Hub, type Wire, webhookSecret } from './github/hub.ts';
import { installationId, repositoryName } from './github/repository.ts';
import type { MetricsProvider } from './metrics.ts';
import { simulatedDatabase } from './postgres/client.ts';
import type { PostgresServer } from './postgres/server.ts';
import { type CronJob, type QueueServer, simulatedQueue } from './queue.ts';
import type { Process, Scheduler } from './scheduler.ts';

/** What one process is made of. A planted bug puts something in front of one of these. */
export interface Parts {
  readonly database: Database;
  readonly queue: Queue;
  readonly decider: Decider;
  /** GitHub's API, and what keeps a client from asking too early. */
  readonly wire: OctokitRequest;
  readonly patient: typeof patientRequests;
  /** When a webhook is answered: with `stored`, when it is. */
  readonly acknowledge: (stored: Promise<'stored' | 'duplicate'>) => Promise<'stored' | 'duplicate'>;
  /** Queues of jobs that run by the clock on this process. */
  readonly runsJob: (queue: string) => boolean;
  /** The clock that everything on this process goes by; `wall` is the machine's own. */
  readonly startClock: (database: Database, wall: Clock) => Promise<SharedClock>;
}

export interface Surroundings {
  readonly scheduler: Scheduler;
  readonly postgres: PostgresServer;
  readonly queue: QueueServer;
  readonly hub: Hub;
  readonly metrics: MetricsProvider;
  readonly blobs: BlobServer;
  /** Changes the parts of a process before it starts. */
  readonly decorate: (parts: Parts) => Parts;
}

/** One running process of the app, as the world reaches it. */
export interface Replica {
  readonly process: Process;
  readonly cronJobs: readonly CronJob[];
  /** Resolves when the delivery is acknowledged with a 2xx; rejects when it is refused. */
  receive(wire: Wire): Promise<'stored' | 'duplicate' | 'not-used'>;
  submit(submitted: Submitted): Promise<void>;
}

/** Starts the app's own flow in one process, wired as `app/start.ts` wires it. */
export async function startReplica(process: Process, surroundings: Surroundings): Promise<Replica> {
  const { scheduler, postgres, hub } = surroundings;
  const cronJobs: CronJob[] = [];
  const wall: Clock = { now: () => scheduler.now + process.skew };
  let clock: Clock = wall;
  const parts = surroundings.decorate({
    database: simulatedDatabase(postgres, scheduler, process),
    queue: simulatedQueue(surroundings.queue, scheduler, process, cronJobs, () => clock.now()),
    decider: coreDecider,
    wire: simulatedWire(hub, scheduler, process),
    patient: patientRequests,
    acknowledge: (stored) => stored,
    runsJob: () => true,
    startClock: (database) => sharedClock(database, () => scheduler.now),
  });
  const { database, queue } = parts;
  const shared = await parts.startClock(database, wall);
  clock = shared;
  const timer = simulatedClock(scheduler, process, shared);
  const { inbox, outbox, jobs, services } = portsOf(parts, process, surroundings, timer);
  const writer = new InboxWriter(database, queue);
  const store: JobPorts['store'] = (delivery) => writer.store(delivery);
  await resumeUnfinished(database, queue, inbox.now(), 0);
  await queue.work(inboxQueue, { concurrency: 2, pollingSeconds: 2 }, (data) =>
    processDelivery((data as { guid: string }).guid, inbox),
  );
  await queue.work(effectQueue, { concurrency: 3, pollingSeconds: 0.5 }, (data) =>
    performEffect((data as { key: string }).key, outbox),
  );
  const timed = createJobs({ ...jobs, store });
  await timed.schedule(queue);
  await seeRepository(database, repositoryName, installationId, inbox.now());
  void timed.runAtStart();
  void keepTime(shared, timer);
  return {
    process,
    cronJobs: cronJobs.filter((job) => parts.runsJob(job.queue)),
    receive: async ({ guid, event, body, signature }) => {
      if (!isSignatureOf(signature, webhookSecret, Buffer.from(body))) throw new Error('SIGNATURE_INVALID');
      const payload = JSON.parse(body) as Record<string, unknown>;
      if (!isWanted(event, payload)) return 'not-used';
      return parts.acknowledge(writer.store(describeDelivery(guid, event, payload, body, inbox.now())));
    },
    submit: async (submitted) => {
      const forgeFor: IntakePorts['forgeFor'] = (repository) => jobs.github.forgeFor(repository, null);
      await takeIn(submitted, { ...inbox, blobs: services.blobs, forgeFor });
    },
  };
}

/** As `app/clock.ts` keeps it, by virtual time. */
async function keepTime(clock: SharedClock, { wait }: RequestClock): Promise<never> {
  for (;;) {
    await wait(setEvery);
    await clock.set().catch(() => undefined);
  }
}

/** The policies that ship, compiled once: they remember nothing from one question to the next. */
const policy = regoPolicyEngine();

interface Ports {
  readonly inbox: InboxPorts;
  readonly outbox: OutboxPorts;
  readonly jobs: JobPorts;
  readonly services: EffectServices;
}

function portsOf(
  { database, queue, decider, wire, patient }: Parts,
  process: Process,
  { metrics, blobs }: Surroundings,
  clock: RequestClock,
): Ports {
  const now = (): number => clock.now();
  const github = simulatedGithub(wire, clock, patient, database);
  const ignore = (): void => undefined;
  const common = { queue, decider, decided: ignore, database, log: silentLog, now };
  const services: EffectServices = {
    database,
    policy,
    evidence: simulatedEvidence(),
    blobs: blobs.blobsFor(process),
    metricsSource: () => metrics.sourceFor(process),
    believe: (report, files) => believe(report, files, { ...common, blobs: blobs.blobsFor(process) }),
    tell: (ref, event) => database.transaction((tx) => applyEvents(tx, [{ ref, event }], common, now())),
    now,
  };
  const perform = async (pending: PendingEffect): ReturnType<OutboxPorts['perform']> => {
    const { mark: key, aggregate } = pending;
    const forge = await github.forgeFor(aggregate.repository, null);
    return performWith(performers, pending, { ...services, key, aggregate, forge });
  };
  const interpret: InboxPorts['interpret'] = (delivery) =>
    interpretDelivery(delivery, { store: database, now, forgeFor: github.forgeFor });
  return {
    services,
    inbox: { ...common, interpret, processed: ignore },
    outbox: { ...common, perform, performed: ignore },
    jobs: {
      ...common,
      github,
      forgeFor: github.forgeFor,
      signer: services.evidence.signer,
      store: () => Promise.reject(new Error('the replica puts its writer here')),
    },
  };
}
