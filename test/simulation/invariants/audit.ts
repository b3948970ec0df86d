import { isDeepStrictEqual } from 'node:util';
import type { AuditEntry } from '../../../core/audit/entry.ts';
import type { Row } from '../postgres/tables.ts';
import { asReference, follow, type Reference, unknownReference } from '../reference.ts';
import type { CommitView, Finding } from './finding.ts';

/** Entries that tell of a change of the release. Each has to change something. */
const telling = new Set([
  'release.tagged',
  'release.queued',
  'release.dequeued',
  'release.rejected',
  'release.planned',
  'stage.verified',
  'release.promoted',
  'deployment.success',
  'deployment.failure',
  'release.rollback',
  'release.rolled_back',
  'release.soaked',
  'release.published',
  'release.observed',
  'release.held',
  'release.resumed',
  'release.failed',
  'release.resolved',
  'gate.verdict',
]);

/**
 * The log tells each change of a release exactly once, in the commit that makes it: a small sequential machine that reads
 * nothing but the entries of this commit goes from the state before to the state after (phase, step, weight, order to the
 * pipeline, version to go back to, hold, failure, gates), and no entry of these leaves it where it was.
 */
export function auditTellsEachChangeOnce({ world, commit, releases }: CommitView): Finding {
  const added = entriesOf(commit);
  for (const { after } of releases) {
    const { tag } = after;
    const before = world.references.get(tag) ?? unknownReference;
    let told: Reference = before;
    for (const { aggregate_kind: kind, aggregate_key: key, entry } of added) {
      if (kind !== 'release' || key !== tag) continue;
      const next = follow(told, entry as AuditEntry);
      const { action, reason } = entry as AuditEntry;
      if (telling.has(action) && isDeepStrictEqual(next, told)) {
        return `${tag}: the entry ${action} (${reason}) changes nothing`;
      }
      told = next;
    }
    world.references.set(tag, told);
    const difference = differenceOf(told, asReference(after));
    if (difference !== null) return `${tag}: ${difference}`;
  }
  return null;
}

/** What was written stays as it was written, and comes with the state that it tells of. */
export function auditOnlyGrows({ commit }: CommitView): Finding {
  const edited = commit.changed.some(
    ({ table, before }) => table === 'audit' && before !== null && (before as Row).seq !== null,
  );
  if (edited) return 'an audit entry was changed';
  const changed = new Set(
    commit.changed.filter(({ table }) => table === 'aggregates').map(({ after }) => (after as Row).key),
  );
  const orphan = entriesOf(commit).find(({ aggregate_key: key }) => key !== null && !changed.has(key));
  return orphan === undefined ? null : `an audit entry of ${orphan.aggregate_key} came without its state`;
}

/** The entries of a commit, in their order. */
function entriesOf(commit: CommitView['commit']): readonly Row[] {
  return commit.changed
    .flatMap(({ table, before, after }) => (table === 'audit' && before === null ? [after as Row] : []))
    .toSorted((a, b) => Number(a.seq) - Number(b.seq));
}

function differenceOf(told: Reference, kept: Reference): string | null {
  for (const name of Object.keys(kept) as (keyof Reference)[]) {
    if (!isDeepStrictEqual(told[name], kept[name])) {
      return `${name} is ${JSON.stringify(kept[name])}, by the audit log of this commit and those before it is ${JSON.stringify(told[name])}`;
    }
  }
  return null;
}
