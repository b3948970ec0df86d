import type { ReleaseState } from '../../core/release/state.ts';
import {
  auditChainHolds,
  changesAreAsOnGithub,
  changesFollowGithub,
  comesToRest,
  deliveriesEnd,
  everyCommandIsAnswered,
  githubShowsTheLatest,
  lostDeliveriesAreFound,
  nothingWaitsForEver,
  rollbackIsConfirmed,
  rollbackIsRequested,
  runsOfForksAreCollected,
  trafficIsWhatTheReleaseSays,
} from './invariants/index.ts';
import type { Plan } from './plan.ts';
import type { Parts } from './replica.ts';
import { watch } from './watch.ts';
import { World } from './world.ts';

const minute = 60_000;
/** Asked every ten virtual seconds. */
const allTheTime = [
  rollbackIsRequested,
  rollbackIsConfirmed,
  lostDeliveriesAreFound,
  changesFollowGithub,
] as const;
/** Asked when everything has come to rest. */
const atRest = [
  comesToRest,
  deliveriesEnd,
  auditChainHolds,
  trafficIsWhatTheReleaseSays,
  everyCommandIsAnswered,
  githubShowsTheLatest,
  changesAreAsOnGithub,
  nothingWaitsForEver,
  runsOfForksAreCollected,
] as const;
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
    for (const invariant of allTheTime) check(invariant.name, invariant(world));
    return isAtRest(world) || world.elapsed > world.calmFrom + restWithin;
  };
  await world.scheduler.run(isOver);
  if (violation === null) {
    for (const invariant of atRest) check(invariant.name, invariant(world));
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
  return (
    world.elapsed > world.calmFrom + 16 * minute &&
    comesToRest(world) === null &&
    everyCommandIsAnswered(world) === null
  );
}
