import {
  type Database,
  installedRepositories,
  listAggregates,
  readAggregate,
  type StoredAggregate,
} from '../../adapters/postgres/index.ts';
import type { ReleaseEvent } from '../../core/flow/event.ts';
import type { GovernanceState } from '../../core/governance/state.ts';
import type { Forge } from '../../core/ports/forge.ts';
import type { Log } from '../../core/ports/system.ts';
import { nextInLine, standsInLine } from '../../core/preview/next-in-line.ts';
import { type PreviewState, previewRef } from '../../core/preview/state.ts';
import { inTurns, isSwept } from '../../core/preview/sweep.ts';
import { confirmedOf } from '../../core/release/confirmed.ts';
import { hasTraffic } from '../../core/release/phase.ts';
import type { ReleaseState } from '../../core/release/state.ts';
import { governanceOf, readAgain } from '../events/settings.ts';
import { type ApplyPorts, applyEvents } from '../flow/apply.ts';
import type { Routed } from '../flow/decide.ts';
import { withWhatIsKnown } from '../flow/known-of-commits.ts';
import { previewsOf } from '../flow/preview-ledger.ts';
import { dueBetween } from './slots.ts';

export interface ReconcilePorts extends ApplyPorts {
  readonly database: Database;
  readonly forgeFor: (repository: string, installationId: number | null) => Promise<Forge>;
  readonly now: () => number;
  readonly log: Log;
}

/**
 * Reads again what webhooks told us or failed to tell: webhooks are hints, the API is the truth. Every event
 * that comes of it is one that a webhook could have brought, so repeating it changes nothing.
 */
export async function reconcileReleases(ports: ReconcilePorts): Promise<void> {
  for (const stored of await listAggregates(ports.database, { kind: 'release', open: true, limit: 5_000 })) {
    await tolerating(stored.ref.repository, ports, async () => {
      const forge = await ports.forgeFor(stored.ref.repository, null);
      await apply(await releaseNews(stored, forge, ports.now()), ports);
    });
  }
}

/**
 * Every preview that exists, and those that wait and for which there is room: what webhooks did not tell is found here,
 * and time passes. Pull requests without one are looked at with the changes.
 */
export async function reconcilePreviews(ports: ReconcilePorts): Promise<void> {
  const look = (event: Routed): Promise<void> =>
    tolerating(event.ref.repository, ports, () => apply([event], ports));
  const all = await listAggregates(ports.database, { kind: 'preview', open: true, limit: 5_000 });
  for (const previews of byOwner(all).values()) {
    const swept = previews
      .filter(({ state }) => isSwept(state as PreviewState))
      .map(({ ref }) => ref)
      .toSorted((a, b) => (`${a.repository} ${a.key}` < `${b.repository} ${b.key}` ? -1 : 1));
    const { read, passed } = inTurns(swept, ports.now());
    for (const ref of passed) await look({ ref, event: { type: 'timer.fired', timer: 'sweep' } });
    for (const ref of read) await look(touched(ref.repository, Number(ref.key.slice('pr/'.length))));
    const waiting = previews.find(({ state }) => standsInLine(state as PreviewState));
    if (waiting === undefined) continue;
    const known = await previewsOf(ports.database, waiting.ref.repository, ports.now());
    for (const next of nextInLine(known, ports.now()))
      await look(touched(next.repository, next.state.pullRequest));
  }
}

function byOwner(previews: readonly StoredAggregate[]): ReadonlyMap<string, readonly StoredAggregate[]> {
  return Map.groupBy(previews, ({ ref }) => ref.repository.split('/')[0] ?? '');
}

/** A look at the preview of a pull request. */
export function touched(repository: string, pullRequest: number): Routed {
  return { ref: previewRef(repository, pullRequest), event: { type: 'preview.touched', pullRequest } };
}

/**
 * The rules of the repositories whose turn has come since `since` (ms since the epoch): what webhooks did not tell is
 * found here.
 */
export async function reconcileGovernance(ports: ReconcilePorts, since: number): Promise<void> {
  for (const { repository } of dueBetween(await installedRepositories(ports.database), since, ports.now())) {
    await tolerating(repository, ports, () => apply(readAgain(repository, null).events, ports));
    await tolerating(repository, ports, async () => apply(await waitingJobs(repository, ports), ports));
  }
}

/** Jobs before an environment that the Conductor guards: GitHub asks once, and lets a job wait for thirty days. */
async function waitingJobs(repository: string, ports: ReconcilePorts): Promise<readonly Routed[]> {
  const ref = governanceOf(repository);
  const state = (await readAggregate(ports.database, ref))?.state as GovernanceState | undefined;
  const forge = await ports.forgeFor(repository, null);
  const guarded = (state?.found?.settings.environments ?? [])
    .filter(({ apps }) => apps.includes(forge.appSlug))
    .map(({ name }) => name.toLowerCase());
  if (guarded.length === 0) return [];
  return (await forge.waitingEntries())
    .filter(({ environment }) => guarded.includes(environment.toLowerCase()))
    .map((entry) => ({ ref, event: { type: 'entry.requested', ...entry } }));
}

/** What changed about a release while nobody told us: its deployment ended, its traffic or its tag moved. */
async function releaseNews(
  { ref, state }: StoredAggregate,
  forge: Forge,
  now: number,
): Promise<readonly Routed[]> {
  const release = state as ReleaseState;
  const events = [
    await deploymentNews(release, forge),
    ...(await trafficNews(release, forge)),
    await tagNews(release, forge, now),
  ];
  return events.flatMap((event) => (event === null ? [] : [{ ref, event }]));
}

async function deploymentNews({ deployment }: ReleaseState, forge: Forge): Promise<ReleaseEvent | null> {
  if (deployment === null || deployment.githubId === null) return null;
  if (deployment.status !== 'requested' && deployment.status !== 'running') return null;
  const state = await forge.deployer.stateOf(deployment.githubId);
  if (state === null) return null;
  return {
    type: 'deployment.reported',
    deploymentId: deployment.githubId,
    environment: deployment.environment,
    state: state as Extract<ReleaseEvent, { type: 'deployment.reported' }>['state'],
    description: 'read from the API',
  };
}

/** What the pipeline did last in each environment, while the release believes that it has traffic there. */
async function trafficNews(release: ReleaseState, forge: Forge): Promise<readonly ReleaseEvent[]> {
  const { plan, phase } = release;
  if (plan === null || !hasTraffic(phase)) return [];
  const service = plan.service ?? null;
  const news: ReleaseEvent[] = [];
  for (const { environment } of confirmedOf(release)) {
    const traffic = await forge.deployer.actual({ environment, service });
    if (traffic !== null) news.push({ type: 'traffic.read', environment, traffic });
  }
  return news;
}

/** A replica of GitHub may not show yet what was pushed so long ago, ms. */
const untilShown = 120_000;

async function tagNews(
  { tag, sha, startedAt }: ReleaseState,
  forge: Forge,
  now: number,
): Promise<ReleaseEvent | null> {
  const ref = await forge.resolveRef(`tags/${tag}`);
  if (ref?.commit === sha || (ref === null && now - startedAt < untilShown)) return null;
  return { type: 'tag.moved', from: sha, to: ref?.commit ?? '0'.repeat(40) };
}

/** Decides and stores what was found. */
export async function apply(routed: readonly Routed[], ports: ReconcilePorts): Promise<void> {
  if (routed.length === 0) return;
  await ports.database.transaction(async (tx) => {
    await applyEvents(tx, await withWhatIsKnown(tx, routed), ports, ports.now());
  });
}

/** One repository that cannot be read does not keep the others from being looked after. */
export async function tolerating(
  repository: string,
  ports: ReconcilePorts,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    ports.log.warn({ repository, reason }, 'A repository could not be reconciled');
  }
}
