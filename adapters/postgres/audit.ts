import { type AuditEntry, auditEntrySchema, nextAuditEntry } from '../../core/audit/entry.ts';
import type { AuditNote } from '../../core/flow/effect.ts';
import type { AggregateRef } from '../../core/flow/event.ts';
import { lockName } from './pool.ts';
import { type Sql, type Transaction, toJson } from './sql.ts';

/** Appends to the repository's chain, in the transaction whose decision the notes describe. */
export async function appendAudit(
  tx: Transaction,
  repository: string,
  aggregate: AggregateRef | null,
  notes: readonly AuditNote[],
  now: number,
): Promise<void> {
  if (notes.length === 0) return;
  await lockName(tx, `audit/${repository}`);
  let previous = await lastAuditEntry(tx, repository);
  for (const note of notes) {
    const entry = nextAuditEntry(previous, note, now, repository);
    await tx.query(
      `insert into audit (repository, seq, hash, aggregate_kind, aggregate_key, entry)
       values ($1, $2, $3, $4, $5, $6)`,
      [repository, entry.seq, entry.hash, aggregate?.kind ?? null, aggregate?.key ?? null, toJson(entry)],
    );
    previous = entry;
  }
}

export async function lastAuditEntry(sql: Sql, repository: string): Promise<AuditEntry | null> {
  const { rows } = await sql.query<{ entry: unknown }>(
    'select entry from audit where repository = $1 order by seq desc limit 1',
    [repository],
  );
  return rows[0] === undefined ? null : auditEntrySchema.parse(rows[0].entry);
}

/** The whole chain of a repository, or the entries that belong to one aggregate, oldest first. */
export async function readAudit(
  sql: Sql,
  repository: string,
  aggregate?: AggregateRef,
): Promise<readonly AuditEntry[]> {
  const { rows } = await sql.query<{ entry: unknown }>(
    `select entry from audit where repository = $1
        and ($2::text is null or (aggregate_kind = $2 and aggregate_key = $3)) order by seq`,
    [repository, aggregate?.kind ?? null, aggregate?.key ?? null],
  );
  return rows.map(({ entry }) => auditEntrySchema.parse(entry));
}
