import { readFile } from 'node:fs/promises';
import { createOidcVerifier, type OidcVerifier } from '../adapters/oidc/verifier.ts';
import { regoPolicyEngine, replayPolicies } from '../adapters/policy/rego-engine.ts';
import { type PendingEffect, readBacklog } from '../adapters/postgres/index.ts';
import { prometheusSource } from '../adapters/prometheus/index.ts';
import { scrapeSource } from '../adapters/scrape/index.ts';
import { openEvidenceKey } from '../adapters/sigstore/evidence-key.ts';
import { readKeyRing } from '../adapters/sigstore/key-ring.ts';
import { keySigner } from '../adapters/sigstore/signer.ts';
import { openBundleVerifier } from '../adapters/sigstore/verify-bundle.ts';
import { openWitnesses } from '../adapters/sigstore/witnesses.ts';
import { readZip } from '../adapters/zip/read-zip.ts';
import { writeZip } from '../adapters/zip/write-zip.ts';
import { ConflictError, PermissionError } from '../core/errors.ts';
import type { EvidencePorts } from '../core/evidence/pack.ts';
import type { Log } from '../core/ports/system.ts';
import type { Tracing } from '../core/ports/tracing.ts';
import { coreDecider } from './decider.ts';
import { notifyVariable } from './effects/call-target.ts';
import { type EffectServices, performWith } from './effects/performer.ts';
import { performers } from './effects/registry.ts';
import type { Environment } from './environment.ts';
import { interpretDelivery } from './events/interpret.ts';
import { believe } from './evidence/believe.ts';
import { type Blobs, createBlobs } from './evidence/blobs.ts';
import { openContents } from './evidence/contents.ts';
import { type ApplyPorts, applyEvents } from './flow/apply.ts';
import type { InboxPorts } from './flow/inbox.ts';
import type { OutboxPorts, Performed } from './flow/outbox.ts';
import type { GithubAccess } from './github.ts';
import { stepUpPages } from './http/step-up/index.ts';
import type { StepUpPorts } from './http/step-up/ports.ts';
import type { Identity } from './identity.ts';
import { type AppMetrics, createMetrics } from './metrics.ts';
import { outboundFetch } from './outbound.ts';
import { stepUpPorts } from './step-up.ts';
import type { OpenStore } from './store.ts';

/** Every part of the running app, put together. Wiring only: nothing here decides anything. */
export interface Composition {
  readonly apply: ApplyPorts;
  readonly inbox: InboxPorts;
  readonly outbox: OutboxPorts;
  readonly evidence: EvidencePorts;
  readonly blobs: Blobs;
  readonly metrics: AppMetrics;
  /** Null: nobody can sign in here. */
  readonly stepUp: StepUpPorts | null;
}

export async function compose(
  environment: Environment,
  { database, queue, clock }: OpenStore,
  github: GithubAccess,
  identity: Identity,
  log: Log,
  tracing: Tracing,
  /** Our address as browsers see it, known once the server listens. */
  origin: () => string,
): Promise<Composition> {
  const now = (): number => clock.now();
  const metrics = createMetrics(() => readBacklog(database));
  const evidence = await evidencePorts(environment);
  const blobs = createBlobs({
    database,
    contents: openContents(environment.evidenceStore, database, process.env),
    retention: environment.evidenceRetention,
    now,
  });
  const apply: ApplyPorts = { queue, decider: coreDecider, decided: metrics.decided, tracing };
  const stepUp = stepUpPorts(environment, { apply, database, github, log, now, origin });
  const services: EffectServices = {
    database,
    blobs,
    policy: regoPolicyEngine(),
    evidence,
    metricsSource: metricsSources(environment.allowedHosts, now),
    fetch: outboundFetch(environment.allowedHosts),
    simulate: environment.simulate,
    notifyUrl: (name) => environment.notifyUrls[notifyVariable(name)],
    registryLogin: (host) => environment.registryLogins.get(host),
    previewPage: (repository, pullRequest) => `${origin()}/previews/${repository}/${pullRequest}`,
    ...(stepUp && { stepUp: stepUpPages(stepUp) }),
    tell: (ref, event) => database.transaction((tx) => applyEvents(tx, [{ ref, event }], apply, now())),
    believe: (report, files) => believe(report, files, { ...apply, database, blobs, now }),
    now,
  };
  const perform = async (pending: PendingEffect): Promise<Performed> => {
    const { mark: key, aggregate } = pending;
    const { repository } = aggregate;
    await identity.reach(repository);
    try {
      const forge = await github.forgeFor(repository, null);
      return await performWith(performers, pending, { ...services, key, aggregate, forge });
    } catch (error) {
      // A refusal means something else where the App is not there any more.
      if (isRefusal(error)) await identity.reach(repository, 'anew');
      throw error;
    }
  };
  return {
    apply,
    evidence,
    blobs,
    metrics,
    stepUp,
    inbox: {
      ...apply,
      database,
      log,
      now,
      interpret: (delivery) =>
        interpretDelivery(delivery, { store: database, now, forgeFor: github.forgeFor }),
      identity,
      processed: metrics.deliveryProcessed,
    },
    outbox: { ...apply, database, log, now, perform, performed: metrics.effectPerformed },
  };
}

function isRefusal(error: unknown): boolean {
  return (
    error instanceof PermissionError || (error instanceof ConflictError && error.code === 'GITHUB_NOT_FOUND')
  );
}

/** The key is looked at once, so that a wrong one ends the start, and again for each signature. */
async function evidencePorts({ dataDir, signingKey, witnesses }: Environment): Promise<EvidencePorts> {
  const open = () => openEvidenceKey({ dataDir, configured: signingKey, env: process.env, fetch });
  await open();
  const roots = witnesses.trustedRoot === undefined ? [] : [await readFile(witnesses.trustedRoot, 'utf8')];
  return {
    writeArchive: writeZip,
    readArchive: readZip,
    signer: keySigner(open, openWitnesses(witnesses)),
    verifyBundle: openBundleVerifier({ roots, identities: [] }),
    replayPolicies,
    trustedKeys: () => readKeyRing(dataDir, signingKey),
  };
}

/** Sources are kept: two arms that are read together share one scrape. */
function metricsSources(allowedHosts: readonly string[], now: () => number): EffectServices['metricsSource'] {
  const fetch = outboundFetch(allowedHosts);
  const known = new Map<string, ReturnType<EffectServices['metricsSource']>>();
  return (kind, url) => {
    const key = `${kind} ${url}`;
    const source =
      known.get(key) ??
      (kind === 'prometheus'
        ? prometheusSource({ url, fetch })
        : scrapeSource({ url, fetch, clock: { now } }));
    known.set(key, source);
    return source;
  };
}

/** The audience is our own address, which is known only once the server listens. */
export function oidcVerifier(issuer: string, audience: () => string): OidcVerifier {
  let verifier: OidcVerifier | undefined;
  return {
    verify: (token, now) => {
      verifier ??= createOidcVerifier({ issuer, audience: audience(), fetch });
      return verifier.verify(token, now);
    },
  };
}
