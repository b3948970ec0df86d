import type { AuditEntry } from '../../core/audit/entry.ts';
import type { ReleaseState } from '../../core/release/state.ts';
import type { Happening } from './github/routes/index.ts';
import {
  commitInvariants,
  happensOnce,
  mayNotRise,
  noOrderAfterRollback,
  publishedIsReleased,
  trafficFollowsTheSteps,
} from './invariants/index.ts';
import type { Committed } from './postgres/server.ts';
import type { Row } from './postgres/tables.ts';
import type { World } from './world.ts';

export type Check = (invariant: string, finding: string | null) => void;

type Changed = { readonly before: ReleaseState | null; readonly after: ReleaseState };

/** Readings of one step are at least this far apart, ms: the interval is ten seconds, and clocks are set now and then. */
const closestTicks = 5_000;

/** Tables whose commits are looked at. */
const isJudged: ReadonlySet<string> = new Set(['audit', 'gate_results']);

/** Asks every invariant at the moment at which it could break, and tells whoever reads the history what happened. */
export function watch(world: World, check: Check): void {
  watchCommits(world, check);
  watchGithub(world, check);
  world.pipeline.applied = () => {
    const { canary, stable } = world.platform.now;
    const share = canary === null ? '' : `, ${canary.weight} % ${canary.version}`;
    world.scheduler.tell(`traffic: ${stable}${share}`);
    check('trafficFollowsTheSteps', trafficFollowsTheSteps(world));
  };
  world.postgres.confused = ({ message }) => check('everyStatementIsKnown', message);
  world.faults.impatient = (process, label) =>
    check('waitsAsAsked', `${process.id} sent ${label} before the time that GitHub had asked it to wait for`);
}

function watchCommits(world: World, check: Check): void {
  const ticked = new Map<string, number>();
  world.postgres.committed = (commit) => {
    tellCommit(world, commit);
    for (const { table, after } of commit.changed) {
      if (table === 'github_pauses') world.faults.remembered((after as { account: string }).account);
    }
    const releases = releasesOf(commit);
    for (const change of releases) {
      follow(world, change);
      check('ticksKeepTheirInterval', ticksKeepTheirInterval(ticked, change, world.scheduler.now));
    }
    if (releases.length === 0 && !commit.changed.some(({ table }) => isJudged.has(table))) return;
    for (const invariant of commitInvariants) check(invariant.name, invariant({ world, commit, releases }));
  };
}

/** What later invariants and the people need to know of a change. */
function follow(world: World, { before, after }: Changed): void {
  if (mayNotRise(after) && !(before !== null && mayNotRise(before)))
    world.wentBackAt.set(after.tag, world.scheduler.now);
  if (before?.phase !== after.phase) world.entered(after.tag, after.phase);
}

/** A step is measured once an interval, not by two chains of readings at once. */
function ticksKeepTheirInterval(
  ticked: Map<string, number>,
  { before, after }: Changed,
  now: number,
): string | null {
  const { measuring, tag } = after;
  if (measuring === null || measuring.seen <= (before?.measuring?.seen ?? 0)) return null;
  const name = `${tag} ${measuring.step}`;
  const last = ticked.get(name) ?? 0;
  ticked.set(name, now);
  const apart = now - last;
  return apart < closestTicks
    ? `${tag} was measured again at step ${measuring.step} after ${apart} ms`
    : null;
}

function watchGithub(world: World, check: Check): void {
  const created = new Map<string, number>();
  const happened = world.hub.happened;
  world.hub.happened = (what) => {
    happened(what);
    tellHappening(world, what);
    // GitHub creates nothing conditionally: what a process sends that stood still between looking and creating
    // comes a second time. Whoever reads it must know the key: the pipeline does, and so does our own look-up.
    if (world.faults.isZombieCall) return;
    if (what.kind === 'published') check('publishedIsReleased', publishedIsReleased(world, what.release.tag));
    // Nor does it help to look when GitHub shows a list of half a minute ago.
    if (what.kind === 'created' && world.scheduler.now > world.faults.misledUntil) {
      const name = `${what.what} ${what.key}`;
      created.set(name, (created.get(name) ?? 0) + 1);
      check('happensOnce', happensOnce(created, what.what, what.key));
    }
    if (what.kind === 'deployment')
      check('noOrderAfterRollback', noOrderAfterRollback(world, what.deployment));
  };
}

/** What a commit decided, for whoever reads the history. */
function tellCommit({ scheduler }: World, { session, changed }: Committed): void {
  if (scheduler.history === null) return;
  for (const { table, before, after } of changed) {
    const row = after as Row;
    if (table !== 'audit' || before !== null || row === null) continue;
    const { action, reasonCode, reason } = row.entry as AuditEntry;
    scheduler.tell(
      `${session.process.id} decides: ${row.aggregate_key} ${action} ${reasonCode ?? ''} ${reason}`,
    );
  }
}

function tellHappening({ scheduler, faults }: World, what: Happening): void {
  const who = faults.isZombieCall ? ' (sent without its locks)' : '';
  if (what.kind === 'created') scheduler.tell(`GitHub has ${what.what} ${what.key}${who}`);
  if (what.kind === 'published') scheduler.tell(`GitHub publishes ${what.release.tag}${who}`);
}

function releasesOf({ changed }: Committed): readonly Changed[] {
  return changed.flatMap(({ table, before, after }) => {
    if (table !== 'aggregates' || (after as Row).kind !== 'release') return [];
    const state = (row: unknown): ReleaseState => (row as { state: ReleaseState }).state;
    return [{ before: before === null ? null : state(before), after: state(after) }];
  });
}
