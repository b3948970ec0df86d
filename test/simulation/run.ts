import type { ReleaseState } from '../../core/release/state.ts';
import type { Happening } from './github/routes.ts';
import {
  auditChainHolds,
  comesToRest,
  commitInvariants,
  deliveriesEnd,
  happensOnce,
  mayNotRise,
  noOrderAfterRollback,
  rollbackIsRequested,
  trafficFollowsTheSteps,
  trafficIsWhatTheReleaseSays,
} from './invariants.ts';
import type { Plan } from './plan.ts';
import type { Committed } from './postgres/server.ts';
import type { Row } from './postgres/tables.ts';
import type { Parts } from './replica.ts';
import { World } from './world.ts';

const minute = 60_000;
/** Everything has come to rest this long after the last trouble. */
const restWithin = 60 * minute;
/** More steps than this in one virtual minute are no work but a loop. */
const stepsAMinute = 20_000;

export interface Outcome {
  readonly seed: number;
  /** Null: every invariant held after every step. */
  readonly violation: { readonly invariant: string; readonly message: string; readonly at: number } | null;
  readonly trace: string;
  readonly steps: number;
  readonly elapsed: number;
  readonly faults: ReadonlyMap<string, number>;
  readonly hit: ReadonlySet<string>;
  readonly labels: ReadonlySet<string>;
  readonly releases: readonly ReleaseState[];
  readonly history: readonly string[];
}

export interface RunOptions {
  /** Puts something in front of the parts of a process: a planted bug. */
  readonly decorate?: (parts: Parts) => Parts;
  readonly history?: boolean;
}

/** Plays one history to its end, or to the first invariant that does not hold. */
export async function runPlan(plan: Plan, options: RunOptions = {}): Promise<Outcome> {
  const world = new World(plan, options);
  let violation: Outcome['violation'] = null;
  const check = (invariant: string, finding: string | null): void => {
    if (finding !== null) violation ??= { invariant, message: finding, at: world.elapsed };
  };
  watch(world, check);
  let nextLook = 0;
  let stepsThen = 0;
  const isOver = (): boolean => {
    if (violation !== null) return true;
    if (world.elapsed < nextLook) {
      if (world.scheduler.steps - stepsThen > stepsAMinute)
        check('noBusyLoop', `${stepsAMinute} steps in a minute`);
      return false;
    }
    nextLook = world.elapsed + minute / 6;
    if (world.elapsed % minute < minute / 6) stepsThen = world.scheduler.steps;
    check('rollbackIsRequested', rollbackIsRequested(world));
    return isAtRest(world) || world.elapsed > world.calmFrom + restWithin;
  };
  await world.scheduler.run(isOver);
  if (violation === null) {
    for (const invariant of [comesToRest, deliveriesEnd, auditChainHolds, trafficIsWhatTheReleaseSays]) {
      check(invariant.name, invariant(world));
    }
  }
  return {
    seed: plan.seed,
    violation,
    trace: world.scheduler.trace,
    steps: world.scheduler.steps,
    elapsed: world.elapsed,
    faults: world.faults.counts,
    hit: world.faults.hit,
    labels: world.faults.labels,
    releases: world.releases(),
    history: world.scheduler.history ?? [],
  };
}

/** Nothing is left to wait for: trouble is over, and everything that was lost had the time to be found again. */
function isAtRest(world: World): boolean {
  return world.elapsed > world.calmFrom + 16 * minute && comesToRest(world) === null;
}

/** Asks every invariant at the moment at which it could break. */
function watch(world: World, check: (invariant: string, finding: string | null) => void): void {
  world.postgres.committed = (commit) => {
    tellCommit(world, commit);
    const releases = releasesOf(commit);
    for (const { before, after } of releases) {
      if (mayNotRise(after) && !(before !== null && mayNotRise(before)))
        wentBackAt.set(after.tag, world.scheduler.now);
    }
    if (releases.length === 0 && !commit.changed.some(({ table }) => table === 'audit')) return;
    for (const invariant of commitInvariants) check(invariant.name, invariant({ world, commit, releases }));
  };
  const wentBackAt = new Map<string, number>();
  const created = new Map<string, number>();
  const happened = world.hub.happened;
  world.hub.happened = (what) => {
    happened(what);
    tellHappening(world, what);
    // GitHub creates nothing conditionally: what a process sends that stood still between looking and creating
    // comes a second time. Whoever reads it must know the key: the pipeline does, and so does our own look-up.
    if (world.faults.isZombieCall) return;
    if (what.kind === 'created') {
      const name = `${what.what} ${what.key}`;
      created.set(name, (created.get(name) ?? 0) + 1);
      check('happensOnce', happensOnce(created, what.what, what.key));
    }
    if (what.kind === 'deployment')
      check('noOrderAfterRollback', noOrderAfterRollback(world, what.deployment, wentBackAt));
  };
  world.pipeline.applied = () => {
    const { canary, stable } = world.platform.now;
    const share = canary === null ? '' : `, ${canary.weight} % ${canary.version}`;
    world.scheduler.tell(`traffic: ${stable}${share}`);
    check('trafficFollowsTheSteps', trafficFollowsTheSteps(world));
  };
  world.faults.impatient = (process, label) =>
    check('waitsAsAsked', `${process.id} sent ${label} before the time that GitHub had asked it to wait for`);
}

/** What a commit decided, for whoever reads the history. */
function tellCommit({ scheduler }: World, { session, changed }: Committed): void {
  if (scheduler.history === null) return;
  for (const { table, before, after } of changed) {
    const row = after as Row;
    if (table !== 'audit' || before !== null || row === null) continue;
    const { action, reasonCode, reason } = row.entry as Record<string, unknown>;
    scheduler.tell(
      `${session.process.id} decides: ${row.aggregate_key} ${action} ${reasonCode ?? ''} ${reason ?? ''}`,
    );
  }
}

function tellHappening({ scheduler, faults }: World, what: Happening): void {
  const who = faults.isZombieCall ? ' (sent without its locks)' : '';
  if (what.kind === 'created') scheduler.tell(`GitHub has ${what.what} ${what.key}${who}`);
  if (what.kind === 'published') scheduler.tell(`GitHub publishes ${what.release.tag}${who}`);
}

function releasesOf({ changed }: Committed): { before: ReleaseState | null; after: ReleaseState }[] {
  return changed.flatMap(({ table, before, after }) => {
    if (table !== 'aggregates' || (after as Row).kind !== 'release') return [];
    const state = (row: unknown): ReleaseState => (row as { state: ReleaseState }).state;
    return [{ before: before === null ? null : state(before), after: state(after) }];
  });
}
