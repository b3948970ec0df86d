import type { Finding } from '../../../core/gate/result.ts';
import type { Migration, MigrationsFacts, ObservedStatement } from '../facts.ts';
import { tablesMadeBy } from '../judge.ts';
import type { MigrationsOptions } from '../options.ts';
import { linesIn, placesIn } from '../sql/lines.ts';
import { isStronger } from '../sql/locks.ts';
import type { Statement } from '../sql/parse.ts';

/**
 * What the server was seen to do and no rule said from the text: rewrites, scans under a lock, work while a table
 * is closed to everybody, locks held too long. A statement that a rule has named already is not named twice.
 */
export function observedFindings(
  options: MigrationsOptions,
  facts: MigrationsFacts,
  byText: readonly Finding[],
): readonly Finding[] {
  if (facts.dryRun.state !== 'done') return [];
  const { statements } = facts.dryRun;
  const judged = facts.migrations.filter((migration) => migration.judged);
  return judged.flatMap((migration) => {
    const made = tablesMadeBy(facts.hasBase ? judged : [migration]);
    const views = statements
      .filter(({ path, direction }) => path === migration.path && direction === 'up')
      .map((seen) => withoutOwn(seen, made));
    const isNamed = namedBy(byText, migration);
    let underLock = false;
    return views.flatMap((seen) => {
      const late = lateFindings(options, migration, seen);
      if (isNamed(seen)) return late;
      // Once a file: the remedy for the first one is the remedy for those behind it.
      const first = !underLock && isUnderLock(migration, seen);
      underLock ||= first;
      return [
        ...workFindings(migration, seen),
        ...late,
        ...(first ? [underLockFinding(migration, seen)] : []),
      ];
    });
  });
}

/** Tables that the change makes are nobody else's yet. */
function withoutOwn(seen: ObservedStatement, made: ReadonlySet<string>): ObservedStatement {
  const others = (tables: readonly string[]): readonly string[] => tables.filter((table) => !made.has(table));
  return {
    ...seen,
    locks: seen.locks?.filter(({ table }) => table === null || !made.has(table)) ?? null,
    heldExclusive: others(seen.heldExclusive),
    rewritten: others(seen.rewritten),
    scanned: others(seen.scanned),
  };
}

function statementOf(migration: Migration, seen: ObservedStatement): Statement | undefined {
  const script = migration.scripts.find(({ direction }) => direction === 'up');
  return script?.statements[seen.index];
}

/** Whether a rule has said something about what a statement does. */
function namedBy(byText: readonly Finding[], migration: Migration): (seen: ObservedStatement) => boolean {
  const lineOf = linesIn(migration.bytes);
  const lines = new Set(
    byText.flatMap(({ code, path, line }) => (path === migration.path && !silent.has(code) ? [line] : [])),
  );
  return (seen) => {
    const statement = statementOf(migration, seen);
    if (statement === undefined) return false;
    const last = lineOf(statement.end);
    for (let line = lineOf(statement.start); line <= last; line++) if (lines.has(line)) return true;
    return false;
  };
}

/** Rules that say nothing about what a statement does to the table's rows. */
const silent = new Set(['require-lock-timeout', 'require-statement-timeout', 'do-block-not-judged']);

/** Tables that this statement closes to writers. */
function blockedBy({ locks }: ObservedStatement): readonly string[] {
  return (locks ?? []).flatMap(({ mode, table }) =>
    table !== null && isStronger(mode, 'ShareUpdateExclusive') ? [table] : [],
  );
}

function workFindings(migration: Migration, seen: ObservedStatement): Finding[] {
  const place = { path: migration.path, ...placesIn(migration.bytes)(seen.at) };
  const emptied = statementOf(migration, seen)?.kind === 'TruncateStmt';
  const rewritten = emptied ? [] : seen.rewritten;
  const blocked = blockedBy(seen);
  const scanned = seen.scanned.filter((table) => blocked.includes(table) && !rewritten.includes(table));
  return [
    ...rewritten.map((table) => ({
      code: 'observed-rewrite',
      level: 'error' as const,
      message: `Postgres wrote every row of \`${table}\` to a new file while this ran, under ACCESS EXCLUSIVE.`,
      help: 'Add a new column or table, fill it in batches, and move over to it in a later release.',
      ...place,
    })),
    ...scanned.map((table) => ({
      code: 'observed-scan-under-lock',
      level: 'error' as const,
      message: `Postgres read \`${table}\` from end to end while this kept writers out.`,
      help: 'Add the constraint NOT VALID and validate it in a later transaction, or build what it needs concurrently first.',
      ...place,
    })),
  ];
}

const writing = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt', 'CopyStmt']);

/** Work with rows, or a wait for another table's lock, while readers are already kept out of the first one. */
function isUnderLock(migration: Migration, seen: ObservedStatement): boolean {
  if (seen.heldExclusive.length === 0) return false;
  const waits = blockedBy(seen).some((table) => !seen.heldExclusive.includes(table));
  const works = seen.scanned.length + seen.rewritten.length > 0;
  return waits || works || writing.has(statementOf(migration, seen)?.kind ?? '');
}

function underLockFinding(migration: Migration, seen: ObservedStatement): Finding {
  const tables = seen.heldExclusive.map((table) => `\`${table}\``).join(', ');
  return {
    code: 'statement-under-exclusive-lock',
    level: 'warning',
    message: `This runs while the same transaction keeps ${tables} under ACCESS EXCLUSIVE: every reader waits until it is done.`,
    help: 'Put it into a migration of its own, or before the statement that takes the lock.',
    path: migration.path,
    ...placesIn(migration.bytes)(seen.at),
  };
}

function lateFindings(options: MigrationsOptions, migration: Migration, seen: ObservedStatement): Finding[] {
  const tables = [...new Set([...blockedBy(seen), ...seen.heldExclusive])];
  if (tables.length === 0 || seen.durationMs <= options.lock_budget_ms) return [];
  return [
    {
      code: 'lock-held-too-long',
      level: 'error',
      message: `This took ${Math.round(seen.durationMs)} ms while ${tables.map((table) => `\`${table}\``).join(', ')} was closed to writers; the budget is ${options.lock_budget_ms} ms.`,
      help: 'Split it into steps that lock for moments only, or raise lock_budget_ms with a reason.',
      path: migration.path,
      ...placesIn(migration.bytes)(seen.at),
    },
  ];
}
