import { latestGateResults, type Sql } from '../../adapters/postgres/index.ts';
import type { DomainEvent, Routed } from './decide.ts';

/**
 * Adds the gate results that are already stored for a commit to the event that makes the commit known: a
 * result may arrive before the webhook of its pull request, and a tag is put on commits that were judged before.
 */
export async function withStoredResults(store: Sql, routed: readonly Routed[]): Promise<readonly Routed[]> {
  const all: Routed[] = [];
  for (const { ref, event } of routed) {
    all.push({ ref, event });
    const sha = commitOf(event);
    if (sha === null) continue;
    for (const report of await latestGateResults(store, ref.repository, sha, ref.kind === 'change')) {
      all.push({ ref, event: { type: 'gate.reported', report } });
    }
  }
  return all;
}

function commitOf(event: DomainEvent): string | null {
  if (event.type === 'change.updated') return event.headSha;
  return event.type === 'tag.pushed' ? event.sha : null;
}
