import { type AuditEntry, auditEntrySchema, renderUnsealed, unsealedEntry } from '../../core/audit/entry.ts';
import type { AuditNote } from '../../core/flow/effect.ts';
import type { AggregateRef } from '../../core/flow/event.ts';
import type { Sql, Transaction } from './sql.ts';

/** Gives the entries their places and hashes; the function is in the migrations. */
export const appendAuditStatement = 'select append_audit($1, $2, $3, $4, $5, $6)';
const namedAppend = { name: 'append_audit', text: appendAuditStatement };

/**
 * Appends to the repository's chain, in the transaction whose decision the notes describe: when it commits, because
 * nobody else appends to this chain until then.
 *
 * @param traceId the trace in which it was decided.
 */
export async function appendAudit(
  tx: Transaction,
  repository: string,
  aggregate: AggregateRef | null,
  notes: readonly AuditNote[],
  now: number,
  traceId?: string,
): Promise<void> {
  if (notes.length === 0) return;
  const texts = notes.map((note) => renderUnsealed(unsealedEntry(note, now, repository, traceId)));
  const values = [
    repository,
    aggregate?.kind ?? null,
    aggregate?.key ?? null,
    texts.map(({ opening }) => opening),
    texts.map(({ middle }) => middle),
    texts.map(({ ending }) => ending),
  ];
  if (tx.sendLast === undefined) await tx.query(appendAuditStatement, values);
  else tx.sendLast(namedAppend, values);
}

export async function lastAuditEntry(sql: Sql, repository: string): Promise<AuditEntry | null> {
  const { rows } = await sql.query<{ entry: unknown }>(
    'select entry from audit where repository = audit_chain($1) order by seq desc limit 1',
    [repository],
  );
  return rows[0] === undefined ? null : auditEntrySchema.parse(rows[0].entry);
}

/** The entries of a repository, or those that belong to one aggregate, oldest first. */
export async function readAudit(
  sql: Sql,
  repository: string,
  aggregate?: AggregateRef,
): Promise<readonly AuditEntry[]> {
  return findAudit(sql, {
    repository,
    ...(aggregate && { kind: aggregate.kind, key: aggregate.key }),
  });
}

/** The entry with this number; null: there is none. */
export async function auditEntryAt(sql: Sql, repository: string, seq: number): Promise<AuditEntry | null> {
  const [entry] = await findAudit(sql, { repository, after: seq - 1, limit: 1 });
  return entry?.seq === seq ? entry : null;
}

/** What to look for in the log. `after` is the number behind which the answer begins. */
export interface AuditFilter {
  readonly repository: string;
  readonly kind?: string | undefined;
  readonly key?: string | undefined;
  readonly action?: string | undefined;
  readonly actor?: string | undefined;
  readonly after?: number | undefined;
  readonly limit?: number | undefined;
}

/** Entries that fit, oldest first. */
export async function findAudit(sql: Sql, filter: AuditFilter): Promise<readonly AuditEntry[]> {
  const { rows } = await sql.query<{ entry: unknown }>(
    `select entry from audit
      where repository = audit_chain($1) and seq > $2
        and ($3::text is null or aggregate_kind = $3) and ($4::text is null or aggregate_key = $4)
        and ($5::text is null or entry->>'action' = $5) and ($6::text is null or entry->>'actor' = $6)
      order by seq limit $7`,
    [
      filter.repository,
      filter.after ?? 0,
      filter.kind ?? null,
      filter.key ?? null,
      filter.action ?? null,
      filter.actor ?? null,
      filter.limit ?? null,
    ],
  );
  return rows.map(({ entry }) => auditEntrySchema.parse(entry));
}

/** Hashes of the first `size` entries, in order. */
export async function readAuditHashes(
  sql: Sql,
  repository: string,
  after: number,
  size: number,
): Promise<readonly string[]> {
  const { rows } = await sql.query<{ hash: string }>(
    'select hash from audit where repository = audit_chain($1) and seq > $2 and seq <= $3 order by seq',
    [repository, after, size],
  );
  return rows.map(({ hash }) => hash);
}

/** A signed tree head: `bundle` is the sigstore bundle as JSON text. `signedAt` in ms since the epoch. */
export interface StoredHead {
  readonly size: number;
  readonly root: string;
  /** Roots of the complete subtrees, largest first. */
  readonly frontier: readonly string[];
  readonly bundle: string;
  readonly signedAt: number;
}

/** Keeps a signed head. Signed twice for one size, the first is kept. */
export async function storeAuditHead(sql: Sql, repository: string, head: StoredHead): Promise<void> {
  await sql.query(
    `insert into audit_heads (repository, size, root, frontier, bundle, signed_at)
     values (audit_chain($1), $2, $3, $4, $5, $6) on conflict do nothing`,
    [repository, head.size, head.root, JSON.stringify(head.frontier), head.bundle, new Date(head.signedAt)],
  );
}

/** The newest signed heads of a repository, newest first. */
export async function readAuditHeads(
  sql: Sql,
  repository: string,
  limit: number,
): Promise<readonly StoredHead[]> {
  const { rows } = await sql.query<Omit<StoredHead, 'signedAt'> & { signed_at: Date }>(
    `select size, root, frontier, bundle, signed_at from audit_heads
      where repository = audit_chain($1) order by size desc limit $2`,
    [repository, limit],
  );
  return rows.map(({ signed_at, ...head }) => ({ ...head, signedAt: signed_at.getTime() }));
}

/** Repositories whose chain grew since its head was signed last. */
export async function repositoriesToSign(sql: Sql): Promise<readonly string[]> {
  const { rows } = await sql.query<{ repository: string }>(
    `select audit_name(repository) as repository from audit group by repository having max(seq) >
       coalesce((select max(size) from audit_heads where audit_heads.repository = audit.repository), 0)
      order by repository`,
  );
  return rows.map(({ repository }) => repository);
}
