import type { ThrowawayDatabase } from '../../../core/ports/database.ts';
import { type Lock, lockModes } from '../sql/locks.ts';

/** What the server's own catalogue and counters show at one moment inside a transaction. */
export interface Sight {
  readonly locks: readonly Lock[];
  /** File on disk of each table: a new one means that every row was written again. */
  readonly files: Readonly<Record<string, string>>;
  /** Sequential scans begun in this transaction, by table. */
  readonly scans: Readonly<Record<string, number>>;
}

const nameOf = `CASE WHEN n.nspname = 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END`;
const isOurs = `n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname NOT LIKE 'pg\\_temp%'`;
const ordinary = `c.relkind IN ('r', 'p', 'm') AND ${isOurs}`;

/** Tables that others can see now: a lock on one that a transaction has just made itself hurts nobody. */
export async function visibleTables(database: ThrowawayDatabase): Promise<Set<string>> {
  const rows = await database.query(
    `SELECT ${nameOf} AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${ordinary}`,
  );
  return new Set(rows.map(({ name }) => String(name)));
}

/** Looks at the session's own locks (`pg_locks`), the tables' files and the scan counters. */
export async function look(database: ThrowawayDatabase, visible: ReadonlySet<string>): Promise<Sight> {
  const rows = await database.query(
    `SELECT ${nameOf} AS name, coalesce(pg_relation_filenode(c.oid), 0)::text AS file,
       coalesce(pg_stat_get_xact_numscans(c.oid), 0)::int AS scans,
       coalesce((SELECT array_agg(DISTINCT replace(l.mode, 'Lock', '')) FROM pg_locks l WHERE l.relation = c.oid
         AND l.locktype = 'relation' AND l.granted AND l.pid = pg_backend_pid()
         AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())), '{}') AS modes
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${ordinary} ORDER BY 1`,
  );
  const known = rows.filter(({ name }) => visible.has(String(name)));
  return {
    locks: known.flatMap(({ name, modes }) => locksIn(String(name), modes)),
    files: Object.fromEntries(known.map(({ name, file }) => [String(name), String(file)])),
    scans: Object.fromEntries(known.map(({ name, scans }) => [String(name), Number(scans)])),
  };
}

function locksIn(table: string, modes: unknown): Lock[] {
  return (Array.isArray(modes) ? modes : []).flatMap((mode) => {
    const known = lockModes.find((one) => one === mode);
    return known === undefined ? [] : [{ mode: known, table }];
  });
}

/** Names of indexes that a failed or interrupted build has left unusable. */
export async function invalidIndexes(database: ThrowawayDatabase): Promise<readonly string[]> {
  const rows = await database.query(
    `SELECT ${nameOf} AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE NOT i.indisvalid AND c.relkind = 'i' AND ${isOurs} ORDER BY 1`,
  );
  return rows.map(({ name }) => String(name));
}

/**
 * Foreign keys whose own columns no index begins with: each update or delete of the other table scans this one.
 * As `table.constraint`.
 */
export async function unindexedForeignKeys(database: ThrowawayDatabase): Promise<readonly string[]> {
  const rows = await database.query(
    `SELECT ${nameOf} || '.' || k.conname AS name FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
     JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE k.contype = 'f' AND k.conparentid = 0 AND ${isOurs} AND NOT EXISTS (
       SELECT FROM pg_index i WHERE i.indrelid = k.conrelid AND i.indpred IS NULL
         AND (SELECT array_agg(a ORDER BY a) FROM unnest((string_to_array(i.indkey::text, ' ')::int2[])[1:cardinality(k.conkey)]) a)
           = (SELECT array_agg(b ORDER BY b) FROM unnest(k.conkey) b))
     ORDER BY 1`,
  );
  return rows.map(({ name }) => String(name));
}
