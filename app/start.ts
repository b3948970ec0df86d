import { openTracing } from '../adapters/otel/index.ts';
import type { Queue } from '../adapters/pg-boss/index.ts';
import { type Composition, compose, oidcVerifier } from './compose.ts';
import { examineGithub } from './doctor.ts';
import { type Environment, readEnvironment } from './environment.ts';
import { applyEvents, effectQueue } from './flow/apply.ts';
import { processDelivery } from './flow/inbox.ts';
import { InboxWriter, inboxQueue } from './flow/inbox-writer.ts';
import { performEffect } from './flow/outbox.ts';
import { resumeUnfinished } from './flow/recover.ts';
import { connectGithub, type GithubAccess } from './github.ts';
import { behindDoor } from './http/access/door.ts';
import { readerOf } from './http/access/session.ts';
import { readersOf } from './http/access/viewer.ts';
import { createApi } from './http/api.ts';
import { remembered } from './http/doctor-page.ts';
import { createPages } from './http/pages.ts';
import { createPreviewPages, type PreviewPagePorts } from './http/previews.ts';
import { type HttpServer, startServer } from './http/server.ts';
import { callerVariable } from './http/signed-callers.ts';
import { createStepUp } from './http/step-up/index.ts';
import { confirmedTokens, type Identity, repositoryIdentity, withIdentity } from './identity.ts';
import { createJobs } from './jobs/schedule.ts';
import { createLogger, toLog } from './log.ts';
import { startRegistration } from './registration.ts';
import { simulated } from './simulation.ts';
import { type OpenStore, openStore } from './store.ts';

export interface RunningConductor {
  readonly url: string;
  /** Drains: no new requests, running jobs end, everything is on disk. */
  close(): Promise<void>;
}

/**
 * Starts the Conductor with the variables of `env` (README: the table); without credentials, the registration
 * page. Everything that a killed predecessor left unfinished is taken up at once.
 *
 * @throws ConfigError, InputError, PermissionError, ProviderError, ConflictError with what to change.
 */
export async function startConductor(env: NodeJS.ProcessEnv): Promise<RunningConductor> {
  const environment = readEnvironment(env);
  const { app } = environment;
  if (app === null) return startRegistration(environment, createLogger(environment.logLevel));
  const store = await openStore(environment, toLog(createLogger(environment.logLevel)));
  try {
    return await run(env, environment, app, store);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function run(
  env: NodeJS.ProcessEnv,
  environment: Environment,
  app: NonNullable<Environment['app']>,
  store: OpenStore,
): Promise<RunningConductor> {
  const tracing = openTracing(env);
  const logger = createLogger(environment.logLevel, tracing.logFields);
  const log = toLog(logger);
  const { database, queue, clock } = store;
  const { githubApiUrl: apiUrl, simulate, dataDir } = environment;
  const access = await connectGithub({ env, appId: app.id, apiUrl, logger, store: database, clock });
  const named = simulate ? simulated(access, dataDir) : access;
  const identity = repositoryIdentity({ database, queue, github: named, now: () => clock.now(), log });
  const github = withIdentity(named, identity);
  const address = { url: environment.conductorUrl ?? '' };
  const parts = await compose(environment, store, github, identity, log, tracing, () => address.url);
  const writer = new InboxWriter(database, queue);

  const server = await serve(env, environment, app.webhookSecret, parts, github, identity, writer);
  address.url ||= server.url;
  const left = await resumeUnfinished(database, queue, parts.inbox.now(), 0);
  await startWorkers(queue, parts);
  const jobs = createJobs({
    ...parts.inbox,
    github,
    identity,
    signer: parts.evidence.signer,
    forgeFor: async (repository, installationId) => {
      await identity.reach(repository);
      return github.forgeFor(repository, installationId);
    },
    store: (delivery) => writer.store(delivery),
  });
  await jobs.schedule(queue);
  const catchUp = jobs.runAtStart();
  log.info({ url: server.url, simulate, resumed: left }, 'The Conductor is ready');

  const stop = async (): Promise<void> => {
    await server.close();
    await catchUp;
    await store.close();
    await tracing.close();
    log.info({}, 'The Conductor has stopped');
  };
  let stopped: Promise<void> | undefined;
  return {
    url: server.url,
    close: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** Webhooks have a door of their own; everything else is the API with the pages beside it. */
async function serve(
  env: NodeJS.ProcessEnv,
  environment: Environment,
  secret: string,
  { apply, inbox, blobs, metrics, evidence, stepUp }: Composition,
  github: GithubAccess,
  identity: Identity,
  writer: InboxWriter,
): Promise<HttpServer> {
  const { database, now, log } = inbox;
  const { simulate, githubUrl } = environment;
  const pages = createPages({
    database,
    registry: metrics.registry,
    simulate,
    githubUrl,
    examine: remembered(
      (repository) => examineGithub({ env, fetch }, { kind: 'repository', repository, folder: null }, now),
      now,
    ),
  });
  const api = createApi({
    ...apply,
    database,
    blobs,
    now,
    log,
    forgeFor: (repository) => github.forgeFor(repository, null),
    oidc: confirmedTokens(
      oidcVerifier(environment.oidcIssuer, () => environment.conductorUrl ?? server.url),
      identity,
    ),
    callerSecrets: (login) => environment.callerSecrets[callerVariable(login)],
    keyRing: evidence.trustedKeys,
    evidenceReceived: metrics.evidenceReceived,
  });
  const readers = readersOf((repository) => github.forgeFor(repository, null), now);
  const tell = async (...[ref, event]: Parameters<PreviewPagePorts['tell']>): Promise<void> => {
    await database.transaction((tx) => applyEvents(tx, [{ ref, event }], apply, now()));
  };
  api.route('/', createPreviewPages({ database, now, tell }));
  if (stepUp !== null) api.route('/', createStepUp(stepUp));
  const server: HttpServer = await startServer({
    host: environment.host,
    port: environment.port,
    log,
    webhooks: {
      secret,
      now,
      store: (delivery) => writer.store(delivery),
      seen: metrics.webhookReceived,
      ...(apply.tracing && { tracing: apply.tracing }),
    },
    pages: behindDoor(api.route('/', pages), {
      open: environment.dashboardOpen,
      readToken: environment.readToken,
      canSignIn: stepUp !== null,
      signedIn: (request) => {
        const login = stepUp === null ? null : readerOf(request, stepUp);
        return login === null ? null : readers(login);
      },
    }),
  });
  return server;
}

async function startWorkers(queue: Queue, { inbox, outbox }: Composition): Promise<void> {
  await queue.work(inboxQueue, { concurrency: 4, pollingSeconds: 2 }, (data) =>
    processDelivery((data as { guid: string }).guid, inbox),
  );
  await queue.work(effectQueue, { concurrency: 8, pollingSeconds: 0.5 }, (data) =>
    performEffect((data as { key: string }).key, outbox),
  );
}
