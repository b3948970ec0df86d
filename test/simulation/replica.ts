import { typedPolicyEngine } from '../../adapters/policy/index.ts';
import { type PendingEffect, seeRepository } from '../../adapters/postgres/index.ts';
import { coreDecider } from '../../app/decider.ts';
import { type EffectServices, type PerformerRegistry, performWith } from '../../app/effects/performer.ts';
import { performers } from '../../app/effects/registry.ts';
import { describeDelivery } from '../../app/events/describe.ts';
import { interpretDelivery } from '../../app/events/interpret.ts';
import { isWanted } from '../../app/events/registry.ts';
import { type Submitted, takeIn } from '../../app/evidence/intake.ts';
import { type ApplyPorts, effectQueue } from '../../app/flow/apply.ts';
import { type InboxPorts, processDelivery } from '../../app/flow/inbox.ts';
import { InboxWriter, inboxQueue } from '../../app/flow/inbox-writer.ts';
import { type OutboxPorts, performEffect } from '../../app/flow/outbox.ts';
import { resumeUnfinished } from '../../app/flow/recover.ts';
import type { GithubAccess } from '../../app/github.ts';
import { isSignatureOf } from '../../app/http/signature.ts';
import { type JobPorts, runJobsAtStart, scheduleJobs } from '../../app/jobs/schedule.ts';
import { silentLog } from '../../core/ports/system.ts';
import { type BlobServer, simulatedEvidence } from './evidence.ts';
import { simulatedGithub } from './github/access.ts';
import { type Hub, type Wire, webhookSecret } from './github/hub.ts';
import { installationId, repositoryName } from './github/repository.ts';
import type { MetricsProvider } from './metrics.ts';
import { simulatedDatabase } from './postgres/client.ts';
import type { PostgresServer } from './postgres/server.ts';
import { type CronJob, type QueueServer, simulatedQueue } from './queue.ts';
import type { Process, Scheduler } from './scheduler.ts';

/** The parts of the product that a simulation may put something in front of: planted bugs and recorders. */
export interface Ports {
  readonly database: EffectServices['database'];
  readonly github: GithubAccess;
  readonly inbox: InboxPorts;
  readonly outbox: OutboxPorts;
  readonly jobs: JobPorts;
  readonly performers: PerformerRegistry;
  readonly services: EffectServices;
}

export interface Surroundings {
  readonly scheduler: Scheduler;
  readonly postgres: PostgresServer;
  readonly queue: QueueServer;
  readonly hub: Hub;
  readonly metrics: MetricsProvider;
  readonly blobs: BlobServer;
  /** Changes the ports of a process before it starts. */
  readonly decorate: (ports: Ports) => Ports;
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
  const { scheduler, decorate } = surroundings;
  const cronJobs: CronJob[] = [];
  const queue = simulatedQueue(surroundings.queue, scheduler, process, cronJobs);
  const { database, inbox, outbox, jobs, github, services } = decorate(portsOf(process, surroundings, queue));
  const writer = new InboxWriter(database, queue);
  await resumeUnfinished(database, queue, inbox.now(), 0);
  await queue.work(inboxQueue, { concurrency: 2, pollingSeconds: 2 }, (data) =>
    processDelivery((data as { guid: string }).guid, inbox),
  );
  await queue.work(effectQueue, { concurrency: 3, pollingSeconds: 0.5 }, (data) =>
    performEffect((data as { key: string }).key, outbox),
  );
  const store: JobPorts['store'] = (delivery) => writer.store(delivery);
  await scheduleJobs(queue, { ...jobs, store });
  await seeRepository(database, repositoryName, installationId, inbox.now());
  void runJobsAtStart({ ...jobs, store });
  return {
    process,
    cronJobs,
    receive: async ({ guid, event, body, signature }) => {
      if (!isSignatureOf(signature, webhookSecret, Buffer.from(body))) throw new Error('SIGNATURE_INVALID');
      const payload = JSON.parse(body) as Record<string, unknown>;
      if (!isWanted(event, payload)) return 'not-used';
      return writer.store(describeDelivery(guid, event, payload, body, inbox.now()));
    },
    submit: async (submitted) => {
      const forgeFor = (repository: string): ReturnType<GithubAccess['forgeFor']> =>
        github.forgeFor(repository, null);
      await takeIn(submitted, { ...inbox, blobs: services.blobs, forgeFor });
    },
  };
}

function portsOf(
  process: Process,
  { scheduler, postgres, hub, metrics, blobs }: Surroundings,
  queue: ReturnType<typeof simulatedQueue>,
): Ports {
  const now = (): number => scheduler.now + process.skew;
  const database = simulatedDatabase(postgres, scheduler, process);
  const github = simulatedGithub(hub, scheduler, process);
  const services: EffectServices = {
    database,
    policy: typedPolicyEngine(),
    evidence: simulatedEvidence(),
    blobs: blobs.blobsFor(process),
    metricsSource: () => metrics.sourceFor(process),
    now,
  };
  const ignore = (): void => undefined;
  const apply: ApplyPorts = { queue, decider: coreDecider, decided: ignore };
  const common = { ...apply, database, log: silentLog, now };
  const perform = async (pending: PendingEffect): ReturnType<OutboxPorts['perform']> => {
    const { key, aggregate } = pending;
    const forge = await github.forgeFor(aggregate.repository, null);
    return performWith(performers, pending, { ...services, key, aggregate, forge });
  };
  const interpret: InboxPorts['interpret'] = (delivery) =>
    interpretDelivery(delivery, { store: database, forgeFor: github.forgeFor });
  return {
    database,
    github,
    services,
    performers,
    inbox: { ...common, interpret, processed: ignore },
    outbox: { ...common, perform, performed: ignore },
    jobs: {
      ...common,
      github,
      forgeFor: github.forgeFor,
      store: () => Promise.reject(new Error('not wired')),
    },
  };
}
