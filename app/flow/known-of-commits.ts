import { latestGateResults, lockCommit, type Transaction } from '../../adapters/postgres/index.ts';
import type { DomainEvent, Routed } from './decide.ts';

/**
 * Adds the gate results that are already stored for a commit to the event that makes the commit known: a
 * result may arrive before the webhook of its pull request, and a tag is put on commits that were judged before.
 * One that is being stored meanwhile waits, and then finds who is at the commit itself (`believe`).
 */
export async function withStoredResults(
  tx: Transaction,
  routed: readonly Routed[],
): Promise<readonly Routed[]> {
  await lockCommits(tx, routed);
  const all: Routed[] = [];
  for (const { ref, event } of routed) {
    all.push({ ref, event });
    const sha = commitOf(event);
    if (sha === null) continue;
    for (const report of await latestGateResults(tx, ref.repository, sha, ref.kind === 'change')) {
      all.push({ ref, event: { type: 'gate.reported', report } });
    }
  }
  return all;
}

/** In one order, so that two transactions cannot block each other. */
async function lockCommits(tx: Transaction, routed: readonly Routed[]): Promise<void> {
  const commits = routed.flatMap(({ ref, event }) => {
    const sha = commitOf(event);
    return sha === null ? [] : [`${ref.repository} ${sha}`];
  });
  for (const commit of [...new Set(commits)].toSorted()) {
    const [repository = '', sha = ''] = commit.split(' ');
    await lockCommit(tx, repository, sha);
  }
}

function commitOf(event: DomainEvent): string | null {
  if (event.type === 'change.updated') return event.headSha;
  return event.type === 'tag.pushed' ? event.sha : null;
}
