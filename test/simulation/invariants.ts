import { isWanted } from '../../app/events/registry.ts';
import type { AuditEntry } from '../../core/audit/entry.ts';
import { verifyAuditChain } from '../../core/audit/verify.ts';
import { isPassing, type Verdict } from '../../core/gate/result.ts';
import { hasEnded, hasLeftTheWay, isGoingBack } from '../../core/release/phase.ts';
import type { ReleaseState } from '../../core/release/state.ts';
import { isTransition, transitions } from '../../core/release/transitions.ts';
import type { Deployment } from './github/repository.ts';
import { repositoryName } from './github/repository.ts';
import type { Committed } from './postgres/server.ts';
import type { Row } from './postgres/tables.ts';
import { referencePhase } from './reference.ts';
import { begin, type World } from './world.ts';

/** A promise of the product that did not hold, and how. Null: it held. */
type Finding = string | null;

/** What an invariant can look at when a commit has just happened. */
interface CommitView {
  readonly world: World;
  readonly commit: Committed;
  /** Releases that this commit changed. */
  readonly releases: readonly { readonly before: ReleaseState | null; readonly after: ReleaseState }[];
}

const tick = 10_000;

/** A step to production, and to the stage, begins only while every required gate's newest result for the sha passed. */
export function gatesAreGreen({ world, releases }: CommitView): Finding {
  for (const { before, after } of releases) {
    const begins = ['staging', 'shifting'].includes(after.phase) && before?.phase !== after.phase;
    if (!begins || (after.phase === 'staging' && before?.phase === 'verifying')) continue;
    for (const gate of after.plan?.config.required_gates ?? []) {
      const verdict = newestVerdict(world, after.sha, gate);
      if (verdict === null || !isPassing(verdict)) {
        return `${after.tag} begins ${after.phase} while ${gate} is ${verdict ?? 'missing'} for ${after.sha}`;
      }
    }
  }
  return null;
}

function newestVerdict(world: World, sha: string, gate: string): Verdict | null {
  const results = world.rows('gate_results').filter((row) => row.sha === sha && row.gate === gate);
  return (
    (results.toSorted((a, b) => Number(b.run_id) - Number(a.run_id))[0]?.verdict as Verdict | undefined) ??
    null
  );
}

/** At most one release of the repository owns the way to production. */
export function oneRelease({ world }: CommitView): Finding {
  const active = world.releases().filter(({ occupies }) => occupies);
  return active.length > 1
    ? `${active.map(({ tag, phase }) => `${tag} (${phase})`).join(' and ')} are both under way`
    : null;
}

/** The numbers that fence off older orders never fall. */
export function fencesRise({ releases }: CommitView): Finding {
  for (const { before, after } of releases) {
    for (const [series, n] of Object.entries(before?.counters ?? {})) {
      if ((after.counters[series] ?? 0) < n)
        return `${after.tag}: ${series} fell from ${n} to ${after.counters[series]}`;
    }
  }
  return null;
}

/** Every change of phase follows the arrows of the table; one commit may take a few of them. */
export function phasesFollowTheTable({ releases }: CommitView): Finding {
  for (const { before, after } of releases) {
    const from = before?.phase ?? 'new';
    if (from !== after.phase && !leadsTo(from, after.phase, 3))
      return `${after.tag} went from ${from} to ${after.phase}`;
  }
  return null;
}

function leadsTo(from: ReleaseState['phase'], to: ReleaseState['phase'], arrows: number): boolean {
  if (isTransition(from, to)) return true;
  if (arrows <= 1) return false;
  return transitions.some((arrow) => arrow.from === from && leadsTo(arrow.to, to, arrows - 1));
}

/** What has ended stays so. */
export function endedStaysEnded({ releases }: CommitView): Finding {
  for (const { before, after } of releases) {
    if (before !== null && hasEnded(before.phase) && after.phase !== before.phase) {
      return `${after.tag} came back from ${before.phase} to ${after.phase}`;
    }
  }
  return null;
}

/** A breach is answered by an order to roll back in the very commit that records it. */
export function breachOrdersRollback({ releases }: CommitView): Finding {
  for (const { after } of releases) {
    const isBreach = after.measuring?.verdict === 'rollback' && after.measuring.step > 0;
    if (isBreach && after.plan?.previous !== null && ['soaking', 'finishing'].includes(after.phase)) {
      return `${after.tag} is ${after.phase} at ${after.weight} % although the judge says roll back`;
    }
  }
  return null;
}

/** A change of phase, hold or sha has its audit entry in the same commit, and an entry its change. */
export function auditIsInTheSameCommit({ commit, releases }: CommitView): Finding {
  const entries = commit.changed
    .filter(({ table, before }) => table === 'audit' && before === null)
    .map(({ after }) => after as Row);
  const edited = commit.changed.find(
    ({ table, before }) => table === 'audit' && before !== null && (before as Row).seq !== null,
  );
  if (edited !== undefined) return 'an audit entry was changed';
  for (const { before, after } of releases) {
    const own = entries.filter(
      (entry) => entry.aggregate_kind === 'release' && entry.aggregate_key === after.tag,
    );
    const isNews = before?.phase !== after.phase || before?.hold?.code !== after.hold?.code;
    if (isNews && own.length === 0) {
      return `${after.tag} went from ${before?.phase}/${before?.hold?.code} to ${after.phase}/${after.hold?.code} without an audit entry`;
    }
  }
  const changed = new Set(
    commit.changed.filter(({ table }) => table === 'aggregates').map(({ after }) => (after as Row).key),
  );
  const orphan = entries.find((entry) => entry.aggregate_key !== null && !changed.has(entry.aggregate_key));
  return orphan === undefined ? null : `an audit entry of ${orphan.aggregate_key} came without its state`;
}

/** The state is what a small sequential machine makes of the audit log alone. */
export function stateEqualsReference({ world, releases }: CommitView): Finding {
  for (const { after } of releases) {
    const entries = world
      .rows('audit')
      .filter((row) => row.aggregate_kind === 'release' && row.aggregate_key === after.tag)
      .toSorted((a, b) => Number(a.id ?? a.seq) - Number(b.id ?? b.seq))
      .map(({ entry }) => entry as AuditEntry);
    const expected = referencePhase(entries);
    if (!expected.includes(after.phase))
      return `${after.tag} is ${after.phase}, by its audit log it is ${expected.join(' or ')}`;
  }
  return null;
}

export const commitInvariants = [
  gatesAreGreen,
  oneRelease,
  fencesRise,
  phasesFollowTheTable,
  endedStaysEnded,
  breachOrdersRollback,
  auditIsInTheSameCommit,
  stateEqualsReference,
] as const;

/** Each side effect on GitHub has one key and happens once. */
export function happensOnce(known: ReadonlyMap<string, number>, what: string, key: string): Finding {
  const times = known.get(`${what} ${key}`) ?? 0;
  return times > 1 ? `${what} ${key} was created ${times} times` : null;
}

/**
 * No order to give this version traffic is begun after the release was told to go back or has ended. One that is on its
 * way to GitHub at that moment arrives, and the pipeline refuses it: `wentBackAt` is when the release was told.
 */
export function noOrderAfterRollback(
  world: World,
  deployment: Deployment,
  wentBackAt: ReadonlyMap<string, number>,
): Finding {
  if (deployment.task !== 'promote') return null;
  const tag = String(deployment.payload.release);
  const begun = world.postgres.heldSince(`lane/deployment/${repositoryName}/${deployment.environment}`);
  if (begun !== null && begun < (wentBackAt.get(tag) ?? 0)) return null;
  const release = world.release(tag);
  if (release === undefined) return `a deployment of an unknown release ${tag}`;
  return mayNotRise(release)
    ? `${tag} is ${release.phase}, yet ${deployment.payload.weight} % was ordered on GitHub`
    : null;
}

/** The release was told to go back, or has ended. */
export function mayNotRise({ phase }: ReleaseState): boolean {
  return hasLeftTheWay(phase) || isGoingBack(phase);
}

/** Traffic of a version goes 0 → 10 → 50 → 100 or → 0, one step at a time, and never up after it went back. */
export function trafficFollowsTheSteps(world: World): Finding {
  const [before, now] = world.platform.shifts.slice(-2);
  if (before === undefined || now === undefined || now.canary === null) return null;
  const { version, weight } = now.canary;
  const from = before.canary?.version === version ? before.canary.weight : 0;
  const next = [10, 50, 100].find((step) => step > from);
  if (weight !== next && weight !== from) return `traffic of ${version} went from ${from} % to ${weight} %`;
  const wentBack = world.platform.shifts.slice(0, -1).some(({ canary }, index, all) => {
    const earlier = all[index - 1]?.canary;
    return earlier?.version === version && earlier.weight < 100 && canary === null;
  });
  return wentBack ? `traffic of ${version} went up to ${weight} % after it had gone back` : null;
}

/** A rollback is on GitHub within three ticks of GitHub and the app being there. */
export function rollbackIsRequested(world: World): Finding {
  const { now } = world.scheduler;
  for (const release of world.releases()) {
    if (release.phase !== 'rolling_back') continue;
    const since = Math.max(release.phaseSince, world.faults.disturbedUntil);
    const isThere = world.hub.repository.deployments.some(
      ({ task, payload }) => task === 'rollback' && payload.release === release.tag,
    );
    if (!isThere && now - since > 3 * tick + 5_000) {
      return `${release.tag} has been rolling back for ${(now - since) / 1_000} s without an order on GitHub`;
    }
  }
  return null;
}

/** Every delivery that was acknowledged has ended well, and every one that was lost is known 15 minutes later. */
export function deliveriesEnd(world: World): Finding {
  const stored = new Map(world.rows('deliveries').map((row) => [row.guid as string, row]));
  for (const guid of world.carrier.acknowledged) {
    const row = stored.get(guid);
    if (row === undefined) return `delivery ${guid} was acknowledged and is not there`;
    if (row.dead_at !== null) return `delivery ${guid} (${row.event}) is dead: ${row.last_error}`;
    if (row.done_at === null) return `delivery ${guid} (${row.event}) was acknowledged and is not done`;
  }
  const keys = new Set([...stored.values()].map((row) => row.business_key));
  const lost = world.hub.deliveries.find(({ guid, at, event, payload }) => {
    const isDue = world.scheduler.now - Math.max(at, begin + world.calmFrom) > 900_000;
    return isDue && !stored.has(guid) && isWanted(event, payload) && !keys.has(businessKeyOf(event, payload));
  });
  return lost === undefined ? null : `delivery ${lost.guid} (${lost.event}) was never recovered`;
}

function businessKeyOf(event: string, payload: Readonly<Record<string, unknown>>): string {
  const id = (name: string): unknown => (payload[name] as { id?: unknown } | undefined)?.id;
  return event === 'issue_comment'
    ? `comment/${repositoryName}/${id('comment')}`
    : `deployment-status/${repositoryName}/${id('deployment_status')}`;
}

/** The audit chain holds from its first entry to its last. */
export function auditChainHolds(world: World): Finding {
  const entries = world
    .rows('audit')
    .filter(({ seq }) => seq !== null)
    .toSorted((a, b) => Number(a.seq) - Number(b.seq))
    .map(({ entry }) => entry as AuditEntry);
  const verdict = verifyAuditChain(entries);
  return verdict.ok ? null : `audit: ${verdict.code} ${verdict.message}`;
}

/** With no more trouble everything comes to rest: no release is open, no effect waits, no delivery is unread. */
export function comesToRest(world: World): Finding {
  const open = world.releases().find(({ phase }) => !hasLeftTheWay(phase));
  if (open !== undefined) return `${open.tag} is still ${open.phase}, held: ${open.hold?.code ?? 'no'}`;
  const effect = world
    .rows('effects')
    .find(({ state, kind }) => state === 'pending' && kind !== 'startTimer');
  if (effect !== undefined) return `effect ${effect.key} still waits: ${effect.last_error}`;
  const delivery = world
    .rows('deliveries')
    .find(({ done_at, dead_at }) => done_at === null && dead_at === null);
  return delivery === undefined ? null : `delivery ${delivery.guid} is still open: ${delivery.last_error}`;
}

/** Production and the release agree about who has the traffic when everything has come to rest. */
export function trafficIsWhatTheReleaseSays(world: World): Finding {
  for (const release of world.releases()) {
    const { canary } = world.platform.now;
    const actual = canary?.version === release.tag ? canary.weight : 0;
    const isOwner = canary?.version === release.tag;
    if (release.phase === 'rolled_back' && isOwner && actual > 0)
      return `${release.tag} is rolled back and has ${actual} %`;
    if (release.phase === 'halted' && isOwner && actual > 0)
      return `${release.tag} is halted and has ${actual} %`;
  }
  return null;
}
