import {
  aggregatesOfCommit,
  type EndedRun,
  keepRun,
  latestGateResults,
  lockCommit,
  runsOfCommit,
  type Transaction,
} from '../../adapters/postgres/index.ts';
import type { DomainEvent, Routed } from './decide.ts';

/**
 * Brings together what is known of commits and who is at them, whichever comes first. An event that makes a commit known
 * brings what is stored of it: a result may arrive, and a run end, before the webhook of its pull request, and a tag
 * is put on commits that were judged before. A run that ends is told to everybody at its commit and kept for those who
 * come later. Who does the same at this moment waits, and then finds what was done here; so does `believe`.
 *
 * @param news runs that have ended, and the time, ms since the epoch.
 */
export async function withWhatIsKnown(
  tx: Transaction,
  routed: readonly Routed[],
  news: { readonly ended: readonly EndedRun[]; readonly now: number } = { ended: [], now: 0 },
): Promise<readonly Routed[]> {
  await lockCommits(tx, [...commitsOf(routed), ...news.ended]);
  const told: Routed[] = [];
  for (const run of news.ended) {
    await keepRun(tx, run, news.now);
    const refs = await aggregatesOfCommit(tx, run.repository, run.sha);
    told.push(...refs.map((ref) => ({ ref, event: completed(run) })));
  }
  for (const { ref, event } of routed) {
    told.push({ ref, event });
    const sha = commitOf(event);
    if (sha !== null) told.push(...(await knownOf(tx, ref, sha)));
  }
  return told;
}

/** Results and runs of a commit, as events for somebody who has come to it. */
async function knownOf(tx: Transaction, ref: Routed['ref'], sha: string): Promise<readonly Routed[]> {
  const reports = await latestGateResults(tx, ref.repository, sha, ref.kind === 'change');
  const runs = await runsOfCommit(tx, ref.repository, sha);
  return [
    ...reports.map((report): Routed => ({ ref, event: { type: 'gate.reported', report } })),
    ...runs.map((run) => ({ ref, event: completed(run) })),
  ];
}

function completed({ sha, runId, attempt }: EndedRun): DomainEvent {
  return { type: 'run.completed', sha, runId, attempt };
}

interface Commit {
  readonly repository: string;
  readonly sha: string;
}

/** In one order, so that two transactions cannot block each other. */
async function lockCommits(tx: Transaction, commits: readonly Commit[]): Promise<void> {
  const byName = new Map(commits.map((commit) => [`${commit.repository} ${commit.sha}`, commit]));
  for (const [, { repository, sha }] of [...byName].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    await lockCommit(tx, repository, sha);
  }
}

function commitsOf(routed: readonly Routed[]): readonly Commit[] {
  return routed.flatMap(({ ref: { repository }, event }) => {
    const sha = commitOf(event);
    return sha === null ? [] : [{ repository, sha }];
  });
}

function commitOf(event: DomainEvent): string | null {
  if (event.type === 'change.updated') return event.headSha;
  return event.type === 'tag.pushed' ? event.sha : null;
}
