import type { EvidenceFile } from '../../core/gate/gate.ts';
import type { Finding } from '../../core/gate/result.ts';
import type { DryRun, Migration, MigrationsFacts } from './facts.ts';
import { placesIn } from './sql/lines.ts';
import { locksOf } from './sql/locks.ts';
import type { Script } from './sql/parse.ts';

/** `migrations/plan.json`: each statement under test in order, the locks it takes by its text and as observed, and what was found. */
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
        })),
        findings: findings.filter((finding) => finding.path === migration.path),
      })),
    not_judged: facts.migrations.filter((migration) => !migration.judged).map(({ path }) => path),
    removed: facts.removed,
    dry_run: dryRunSummary(facts.dryRun),
  };
  return {
    path: 'migrations/plan.json',
    mediaType: 'application/json',
    bytes: new TextEncoder().encode(`${JSON.stringify(plan, null, 2)}\n`),
  };
}

function statementsOf(migration: Migration, script: Script, dryRun: DryRun): unknown[] {
  const placeOf = placesIn(migration.bytes);
  const observed =
    dryRun.state === 'done' ? dryRun.statements.filter((one) => one.path === migration.path) : [];
  return script.statements.map((statement) => {
    const seen = observed.find((one) => one.index === statement.index && one.direction === script.direction);
    return {
      line: placeOf(statement.start).line,
      kind: statement.kind,
      sql: sqlOf(script, statement.start, statement.end),
      transaction: statement.transaction,
      locks: locksOf(statement),
      ...(seen?.locks ? { observed_locks: seen.locks } : {}),
    };
  });
}

/** Enough to recognise the statement; a data load does not belong into evidence. */
function sqlOf(script: Script, start: number, end: number): string {
  const text = new TextDecoder().decode(script.text.subarray(start, Math.min(end, start + 2_000)));
  return end - start > 2_000 ? `${text}…` : text;
}

function dryRunSummary(dryRun: DryRun): unknown {
  if (dryRun.state !== 'done') return { state: dryRun.state, reason: dryRun.reason };
  const { state, serverVersion, problems, statements } = dryRun;
  return { state, server_version: serverVersion, statements: statements.length, problems };
}
