import { installedRepositories, listAggregates } from '../../adapters/postgres/index.ts';
import type { ChangeState } from '../../core/change/state.ts';
import { configPath } from '../../core/config/path.ts';
import type { Forge, ListedPullRequest } from '../../core/ports/forge.ts';
import { gone } from '../events/merge-group.ts';
import { pullRequestUpdate } from '../events/pull-request.ts';
import type { Routed } from '../flow/decide.ts';
import { apply, type ReconcilePorts, tolerating, touched } from './reconcile.ts';
import { dueBetween, roundOf } from './slots.ts';

const minute = 60_000;
/**
 * A look costs one call for each hundred open pull requests where nothing was lost, three or four more for each that is
 * not as it is known: 20 repositories a minute are 1,200 calls an hour of the 5,000 that an installation has at least.
 */
const pace = { leastMinutes: 10, mostInAnHour: 1_200 } as const;

/**
 * The pull requests of the repositories whose turn has come since `since` (ms since the epoch; 0: all): what webhooks did
 * not tell is found here, within ten minutes where there are up to 200 repositories.
 */
export async function reconcileChanges(ports: ReconcilePorts, since: number): Promise<void> {
  const all = await installedRepositories(ports.database);
  const round = roundOf(all.length, pace);
  // Whoever nobody knew at the last turn is asked for again only if something happened to it since.
  const known = since === 0 ? 0 : ports.now() - 2 * round * minute;
  for (const { repository, installationId } of dueBetween(all, since, ports.now(), round)) {
    await tolerating(repository, ports, async () => {
      const forge = await ports.forgeFor(repository, installationId);
      await apply(await groupsGone(repository, forge, ports), ports);
      for (const number of await notAsKnown(repository, forge, known, ports)) {
        const update = await pullRequestUpdate(number, { forge, repository, now: ports.now });
        const { events, declaresPreviews } = update;
        await apply(declaresPreviews ? [...events, touched(repository, number)] : events, ports);
      }
    });
  }
}

/** Pull requests that GitHub shows otherwise than they are known, and those that are open here alone. */
async function notAsKnown(
  repository: string,
  forge: Forge,
  since: number,
  { database }: ReconcilePorts,
): Promise<readonly number[]> {
  // Before GitHub's list: whoever becomes known meanwhile is not missed in it.
  const changes = await listAggregates(database, { kind: 'change', repository, open: true, limit: 5_000 });
  const known = new Map(
    changes.flatMap(({ state }) => {
      const change = state as ChangeState;
      return change.pullRequest === null ? [] : [[change.pullRequest, change] as const];
    }),
  );
  const listed = await forge.listOpenPullRequests();
  const isConfigured = remembered((branch) => hasConfig(branch, forge));
  const found: number[] = [];
  for (const pull of listed) {
    const change = known.get(pull.number);
    known.delete(pull.number);
    const isNews =
      change === undefined
        ? pull.updatedAt >= since && (await isConfigured(pull.baseRef))
        : !isAsKnown(pull, change);
    if (isNews) found.push(pull.number);
  }
  return [...found, ...known.keys()];
}

/** Merge groups that the queue has dropped, or merged, while nobody told: their branch is not there any more. */
async function groupsGone(
  repository: string,
  forge: Forge,
  { database }: ReconcilePorts,
): Promise<readonly Routed[]> {
  const changes = await listAggregates(database, { kind: 'change', repository, open: true, limit: 5_000 });
  const found: Routed[] = [];
  for (const { ref, state } of changes) {
    const { pullRequest, sha, headRef, baseRef } = state as ChangeState;
    if (pullRequest !== null || sha === '') continue;
    if ((await forge.resolveRef(`heads/${headRef}`))?.commit === sha) continue;
    const base = await forge.resolveRef(`heads/${baseRef}`);
    const merged = base !== null && (await forge.isAncestor(sha, base.commit));
    found.push({ ref, event: { type: 'change.closed', merged, asOf: gone } });
  }
  return found;
}

function isAsKnown(
  { headSha, baseRef, baseSha, updatedAt }: ListedPullRequest,
  change: ChangeState,
): boolean {
  return (
    change.sha === headSha &&
    change.baseRef === baseRef &&
    change.baseSha === baseSha &&
    change.asOf !== undefined &&
    change.asOf.updatedAt >= updatedAt
  );
}

async function hasConfig(branch: string, forge: Forge): Promise<boolean> {
  const head = await forge.resolveRef(`heads/${branch}`);
  return head !== null && (await forge.filesAt(head.commit).read(configPath)) !== null;
}

/** Asks once for each name. */
function remembered<Answer>(ask: (name: string) => Promise<Answer>): (name: string) => Promise<Answer> {
  const answers = new Map<string, Promise<Answer>>();
  return (name) => {
    const answer = answers.get(name) ?? ask(name);
    answers.set(name, answer);
    return answer;
  };
}
