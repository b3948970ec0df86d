import type { Finding } from '../../core/gate/result.ts';
import type { Migration, MigrationsFacts } from './facts.ts';
import { tablesMadeBy, tablesThere } from './made-tables.ts';
import { linesIn, placesIn } from './sql/lines.ts';
import { isStronger, locksOf } from './sql/locks.ts';
import { all, as } from './sql/nodes.ts';
import type { Statement } from './sql/parse.ts';
import { tableKey } from './sql/tables.ts';

/**
 * Work that a transaction does while it keeps a table under ACCESS EXCLUSIVE, as far as its text shows it: for
 * migrations that no server has run. Once a file: the remedy for the first is the remedy for those behind it.
 */
export function underLockByText(facts: MigrationsFacts, byText: readonly Finding[]): readonly Finding[] {
  if (facts.dryRun.state === 'done') return [];
  const judged = facts.migrations.filter((migration) => migration.judged);
  const existing = tablesThere(facts.migrations);
  return judged.flatMap((migration) => {
    const made = tablesMadeBy(facts.hasBase ? judged : [migration], existing);
    const isNamed = namedBy(byText, migration);
    const up = migration.scripts.find(({ direction }) => direction === 'up');
    const held = new Set<string>();
    for (const statement of up?.statements ?? []) {
      if (statement.transaction === null || statement.kind === 'TransactionStmt') held.clear();
      if (statement.transaction === null) continue;
      const works = held.size > 0 && (movesRows(statement, made) || waits(statement, made, held));
      if (works && !isNamed(statement)) return [underLockFinding(migration, statement.start, [...held])];
      for (const { mode, table } of locksOf(statement)) {
        if (mode === 'AccessExclusive' && table !== null && !made.has(table)) held.add(table);
      }
    }
    return [];
  });
}

/** Kinds of statements that write rows. */
export const writing: ReadonlySet<string> = new Set([
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'CopyStmt',
]);

function movesRows(statement: Statement, made: ReadonlySet<string>): boolean {
  const select = as(statement.node, 'SelectStmt');
  const read = all(select?.fromClause, 'RangeVar').map(tableKey);
  const written = writing.has(statement.kind) ? locksOf(statement).map(({ table }) => table) : [];
  return [...read, ...written].some((table) => table !== null && !made.has(table));
}

function waits(statement: Statement, made: ReadonlySet<string>, held: ReadonlySet<string>): boolean {
  return locksOf(statement).some(
    ({ mode, table }) =>
      table !== null && isStronger(mode, 'ShareUpdateExclusive') && !made.has(table) && !held.has(table),
  );
}

/** The one finding for work under a lock, whether it was read or observed. */
export function underLockFinding(migration: Migration, at: number, held: readonly string[]): Finding {
  const tables = held.map((table) => `\`${table}\``).join(', ');
  return {
    code: 'statement-under-exclusive-lock',
    level: 'warning',
    message: `This runs while the same transaction keeps ${tables} under ACCESS EXCLUSIVE: every reader waits until it is done.`,
    help: 'Put it into a migration of its own, or before the statement that takes the lock.',
    path: migration.path,
    ...placesIn(migration.bytes)(at),
  };
}

/** Whether a rule has said something about what a statement does to rows. */
export function namedBy(
  byText: readonly Finding[],
  migration: Migration,
): (statement: Statement | undefined) => boolean {
  const lineOf = linesIn(migration.bytes);
  const lines = new Set(
    byText.flatMap(({ code, path, line }) => (path === migration.path && !silent.has(code) ? [line] : [])),
  );
  return (statement) => {
    if (statement === undefined) return false;
    const last = lineOf(statement.end);
    for (let line = lineOf(statement.start); line <= last; line++) if (lines.has(line)) return true;
    return false;
  };
}

/** Rules that say nothing about what a statement does to the table's rows. */
const silent = new Set(['require-lock-timeout', 'require-statement-timeout', 'do-block-not-judged']);
