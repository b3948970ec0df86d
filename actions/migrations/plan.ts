import type { EvidenceFile } from '../../core/gate/gate.ts';
import type { Finding } from '../../core/gate/result.ts';
import { phaseRows, phasesMarkdown } from './changes/phases.ts';
import type { DryRun, Migration, MigrationsFacts, ObservedStatement } from './facts.ts';
import { linesIn } from './sql/lines.ts';
import { locksOf } from './sql/locks.ts';
import type { Script } from './sql/parse.ts';

/** Statements of a section that the plan lists: nobody reads more, and evidence is kept for years. */
const listed = 5_000;

/**
 * `migrations/plan+shadow_parity.json`: each statement under test in order with its locks by its text and as
 * observed, what was found, what going back leaves, how tenants are kept apart, and the changes that span
 * releases with their backfill and shadow-read parity.
 */
export function planEvidence(facts: MigrationsFacts, findings: readonly Finding[]): EvidenceFile {
  const plan = {
    schema_version: 1,
    migrations: facts.migrations
      .filter((migration) => migration.judged)
      .map((migration) => ({
        path: migration.path,
        layout: migration.layout,
        sections: migration.scripts.map((script) => ({
          direction: script.direction,
          transaction: script.transaction,
          statements: statementsOf(migration, script, facts.dryRun),
          statements_not_listed: Math.max(0, script.statements.length - listed),
        })),
        findings: findings.filter((finding) => finding.path === migration.path),
      })),
    not_judged: facts.migrations.filter((migration) => !migration.judged).map(({ path }) => path),
    removed: facts.removed,
    dry_run: dryRunSummary(facts.dryRun),
    phases: phaseRows(facts),
    shadow_parity: shadowParity(facts.dryRun),
    contracts: { declared_in: facts.contracts.declaredIn, uses: facts.contracts.uses.length },
  };
  return {
    path: 'migrations/plan+shadow_parity.json',
    mediaType: 'application/json',
    bytes: new TextEncoder().encode(`${JSON.stringify(plan, null, 2)}\n`),
  };
}

/** `migrations/plan.md`: the changes that span releases as a table of phases; nothing when none is planned. */
export function phasesEvidence(facts: MigrationsFacts): readonly EvidenceFile[] {
  const rows = phaseRows(facts);
  if (rows.length === 0) return [];
  const bytes = new TextEncoder().encode(phasesMarkdown(rows));
  return [{ path: 'migrations/plan.md', mediaType: 'text/markdown', bytes }];
}

function statementsOf(migration: Migration, script: Script, dryRun: DryRun): unknown[] {
  const lineOf = linesIn(migration.bytes);
  const text = Buffer.from(script.text.buffer, script.text.byteOffset, script.text.byteLength);
  const observed = observedIn(dryRun, migration.path, script.direction);
  return script.statements.slice(0, listed).map((statement) => {
    const seen = observed.get(statement.index);
    return {
      line: lineOf(statement.start),
      kind: statement.kind,
      sql: sqlOf(text, statement.start, statement.end),
      transaction: statement.transaction,
      locks: locksOf(statement),
      ...(seen === undefined
        ? {}
        : {
            ...(seen.locks === null ? {} : { observed_locks: seen.locks }),
            held_exclusive: seen.heldExclusive,
            rewritten: seen.rewritten,
            scanned: seen.scanned,
            duration_ms: Math.round(seen.durationMs),
          }),
    };
  });
}

function observedIn(
  run: DryRun,
  path: string,
  direction: Script['direction'],
): ReadonlyMap<number, ObservedStatement> {
  const seen = run.state === 'done' ? run.statements : [];
  return new Map(
    seen.filter((one) => one.path === path && one.direction === direction).map((one) => [one.index, one]),
  );
}

/** Enough to recognise the statement; a data load does not belong into evidence. */
function sqlOf(text: Buffer, start: number, end: number): string {
  const shown = text.toString('utf8', start, Math.min(end, start + 2_000));
  return end - start > 2_000 ? `${shown}…` : shown;
}

function dryRunSummary(run: DryRun): unknown {
  if (run.state !== 'done') return { state: run.state, reason: run.reason };
  return {
    state: run.state,
    server_version: run.serverVersion,
    restored_copy: run.restoredCopy,
    statements: run.statements.length,
    problems: run.problems,
    invalid_indexes: run.invalidIndexes,
    foreign_keys_without_index: run.unindexedForeignKeys,
    reversals: run.reversals.map(({ path, downPath, differences }) => ({
      path,
      down: downPath,
      differences,
    })),
    redo_differences: run.redo,
    tenants: run.tenants,
  };
}

function shadowParity(run: DryRun): unknown[] {
  if (run.state !== 'done') return [];
  return run.proofs.flatMap(({ name, when, parity }) => {
    if (parity === null) return [];
    const { rowsOld, rowsNew, digestOld, digestNew, ...rest } = parity;
    return [
      {
        change: name,
        when: `${when} the migrations`,
        ...rest,
        rows_old: rowsOld,
        rows_new: rowsNew,
        digest_old: digestOld,
        digest_new: digestNew,
      },
    ];
  });
}
