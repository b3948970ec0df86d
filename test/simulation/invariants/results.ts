import type { ChangeState } from '../../../core/change/state.ts';
import type { ResultOrigin } from '../../../core/flow/event.ts';
import { gateNames } from '../../../core/gate/names.ts';
import { hasLeftTheWay } from '../../../core/release/phase.ts';
import type { ReleaseState } from '../../../core/release/state.ts';
import { repositoryName } from '../github/repository.ts';
import type { Row } from '../postgres/tables.ts';
import type { World } from '../world.ts';
import type { CommitView, Finding } from './finding.ts';

/**
 * The newest result that is stored for a commit counts in every open change and release at that commit: whichever came
 * first, and however closely they came together.
 */
export function storedResultsCount({ world, commit }: CommitView): Finding {
  if (!commit.changed.some(({ table }) => table === 'gate_results' || table === 'aggregates')) return null;
  const results = world.rows('gate_results');
  for (const { kind, key, state } of world.rows('aggregates')) {
    if (kind !== 'change' && kind !== 'release') continue;
    const { sha, gates } = state as ChangeState | ReleaseState;
    if (!awaitsResults(kind, state)) continue;
    for (const gate of gateNames) {
      const [newest] = results
        .filter((row) => row.sha === sha && row.gate === gate && !(kind === 'release' && isOfFork(row)))
        .toSorted(newestFirst);
      if (newest !== undefined && gates[gate]?.runId !== Number(newest.run_id)) {
        return `${key} does not know run ${newest.run_id} of ${gate} for ${sha}, which is stored`;
      }
    }
  }
  return null;
}

function awaitsResults(kind: 'change' | 'release', state: unknown): boolean {
  if (kind === 'change') return (state as ChangeState).open;
  return !hasLeftTheWay((state as ReleaseState).phase);
}

/** Such a result counts for no release. */
function isOfFork({ origin }: Row): boolean {
  return (origin as ResultOrigin).fork !== undefined;
}

function newestFirst(a: Row, b: Row): number {
  return Number(b.run_id) - Number(a.run_id);
}

/** Nobody sets a pull request back to a head that it had before the one that is known. */
export function headsNeverGoBack({ world, commit }: CommitView): Finding {
  for (const { table, before, after } of commit.changed) {
    const row = after as Row;
    if (table !== 'aggregates' || row.kind !== 'change' || before === null) continue;
    const { pullRequest, sha } = row.state as ChangeState;
    const heads = world.hub.repository.pulls.get(pullRequest ?? 0)?.map(({ headSha }) => headSha) ?? [];
    const known = ((before as Row).state as ChangeState).sha;
    if (heads.indexOf(sha) < heads.indexOf(known)) {
      return `#${pullRequest} was known at ${known} and was set back to ${sha}`;
    }
  }
  return null;
}

/** What the runs of a fork left is collected for its pull request while that is open at their commit. */
export function runsOfForksAreCollected(world: World): Finding {
  const changes = world
    .rows('aggregates')
    .flatMap(({ kind, state }) => (kind === 'change' ? [state as ChangeState] : []));
  for (const { id, sha, head } of world.hub.repository.runs) {
    const change = changes.find((one) => one.open && one.sha === sha);
    if (head === repositoryName || change === undefined) continue;
    const missing = gateNames.find((gate) => change.gates[gate] === undefined);
    if (missing !== undefined) {
      return `run ${id} of ${head} left a result of ${missing} that #${change.pullRequest} does not know`;
    }
  }
  return null;
}

/** What was asked for again has a newer result when everything has come to rest, or says why none will come. */
export function nothingWaitsForEver(world: World): Finding {
  for (const { kind, key, state } of world.rows('aggregates')) {
    if (kind !== 'change' || !(state as ChangeState).open) continue;
    const { gates } = state as ChangeState;
    const waiting = gateNames.find(
      (gate) => gates[gate]?.superseded && gates[gate].rerunRefused === undefined,
    );
    if (waiting !== undefined) return `${key} waits for a new result of ${waiting}, and no run is on its way`;
  }
  return null;
}

/** What a pull request has been on GitHub for this long it is here as well, ms after the last trouble. */
const untilKnown = 180_000;

/** What a pull request is on GitHub it is here as well, once nobody has been disturbed for three minutes. */
export function changesFollowGithub(world: World): Finding {
  const { disturbedUntil, downUntil } = world.faults;
  const calmSince = Math.max(disturbedUntil, downUntil, world.carrier.unreliableUntil);
  const settled = world.scheduler.now - untilKnown;
  return calmSince > settled ? null : asOnGithub(world, settled);
}

/** What a pull request is on GitHub it is here as well when everything has come to rest. */
export function changesAreAsOnGithub(world: World): Finding {
  return asOnGithub(world, world.scheduler.now);
}

/** Looks at the pull requests to which nothing happened after `settled`, virtual time. */
function asOnGithub(world: World, settled: number): Finding {
  const known = new Map(
    world
      .rows('aggregates')
      .flatMap(({ kind, key, state }) =>
        kind === 'change' ? [[String(key), state as ChangeState] as const] : [],
      ),
  );
  for (const [number, versions] of world.hub.repository.pulls) {
    const actual = versions.at(-1);
    const change = known.get(`pr/${number}`);
    const isOpen = change?.open === true;
    if (actual === undefined || actual.at > settled || (!isOpen && actual.state === 'closed')) continue;
    if (isOpen !== (actual.state === 'open')) return `#${number} is ${actual.state}, which nobody here knows`;
    if (change?.sha !== actual.headSha) return `#${number} is at ${actual.headSha}, known is ${change?.sha}`;
  }
  return null;
}
