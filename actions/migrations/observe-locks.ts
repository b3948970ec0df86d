import type { ThrowawayDatabase } from '../../core/ports/database.ts';
import { type Lock, lockModes } from './sql/locks.ts';

const nameOf = `CASE WHEN n.nspname = 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END`;
const ordinary = `c.relkind IN ('r', 'p', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`;

/** Tables that others can see now: a lock on one that a transaction has just made itself hurts nobody. */
export async function visibleTables(database: ThrowawayDatabase): Promise<Set<string>> {
  const rows = await database.query(
    `SELECT ${nameOf} AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${ordinary}`,
  );
  return new Set(rows.map(({ name }) => String(name)));
}

/** Locks that the session holds on tables, as `pg_locks` shows them. */
export async function observeLocks(
  database: ThrowawayDatabase,
  visible: ReadonlySet<string>,
): Promise<Lock[]> {
  const rows = await database.query(
    `SELECT replace(l.mode, 'Lock', '') AS mode, ${nameOf} AS name
     FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.granted AND ${ordinary} ORDER BY 2, 1`,
  );
  return rows.flatMap(({ mode, name }) => {
    const known = lockModes.find((one) => one === mode);
    return known === undefined || !visible.has(String(name)) ? [] : [{ mode: known, table: String(name) }];
  });
}
