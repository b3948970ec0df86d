import type { Finding } from '../../../core/gate/result.ts';
import type { Migration, MigrationsFacts, ObservedStatement } from '../facts.ts';
import { tablesMadeBy, tablesThere } from '../made-tables.ts';
import type { MigrationsOptions } from '../options.ts';
import { placesIn } from '../sql/lines.ts';
import { isStronger } from '../sql/locks.ts';
import type { Statement } from '../sql/parse.ts';
import { namedBy, underLockFinding, writing } from '../under-lock.ts';

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
  const existing = tablesThere(facts.migrations);
  return judged.flatMap((migration) => {
    const made = tablesMadeBy(facts.hasBase ? judged : [migration], existing);
    const views = statements
      .filter(({ path, direction }) => path === migration.path && direction === 'up')
      .map((seen) => withoutOwn(seen, made));
    const isNamed = namedBy(byText, migration);
    let underLock = false;
    return views.flatMap((seen) => {
      const late = lateFindings(options, migration, seen);
      if (isNamed(statementOf(migration, seen))) return late;
      // Once a file: the remedy for the first one is the remedy for those behind it.
      const first = !underLock && isUnderLock(migration, seen);
      underLock ||= first;
      return [
        ...workFindings(migration, seen),
        ...late,
        ...(first ? [underLockFinding(migration, seen.at, seen.heldExclusive)] : []),
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

/** Work with rows, or a wait for another table's lock, while readers are already kept out of the first one. */
function isUnderLock(migration: Migration, seen: ObservedStatement): boolean {
  if (seen.heldExclusive.length === 0) return false;
  const waits = blockedBy(seen).some((table) => !seen.heldExclusive.includes(table));
  const works = seen.scanned.length + seen.rewritten.length > 0;
  return waits || works || writing.has(statementOf(migration, seen)?.kind ?? '');
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
