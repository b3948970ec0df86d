import type { Evaluation } from '../../core/gate/gate.ts';
import type { Finding } from '../../core/gate/result.ts';
import { countFindings, plural, verdictOfFindings } from '../../core/gate/verdict.ts';
import type { DryRunProblem, MigrationsFacts } from './facts.ts';
import { judgeMigrations } from './judge.ts';
import type { MigrationsOptions } from './options.ts';
import { planEvidence } from './plan.ts';
import { placesIn } from './sql/lines.ts';

/** Verdict on the migrations: the rules, the history they must keep, and what the dry run saw. */
export function evaluateMigrations(
  options: MigrationsOptions,
  facts: MigrationsFacts,
  now: number,
): Evaluation {
  if (facts.migrations.length === 0 && facts.removed.length === 0) return nothingThere(options);
  const findings = [
    ...judgeMigrations(options, facts, now),
    ...historyFindings(facts),
    ...dryRunFindings(options, facts),
  ];
  const required = options.dry_run === 'required' && facts.dryRun.state !== 'done';
  const found = verdictOfFindings(findings);
  const verdict = found !== 'fail' && required && facts.migrations.length > 0 ? 'inconclusive' : found;
  const judged = facts.migrations.filter((migration) => migration.judged);
  return {
    verdict,
    summary: summarise(facts, findings),
    findings,
    measurements: {
      migrations: facts.migrations.length,
      judged: judged.length,
      statements: judged.reduce(
        (sum, one) => sum + one.scripts.reduce((n, s) => n + s.statements.length, 0),
        0,
      ),
      dry_run: facts.dryRun.state,
      ...(facts.dryRun.state === 'done' ? { dry_run_statements: facts.dryRun.statements.length } : {}),
    },
    evidence: [planEvidence(facts, findings)],
  };
}

function nothingThere(options: MigrationsOptions): Evaluation {
  return {
    verdict: 'skipped',
    summary: `No file matches ${options.paths.join(', ')}: nothing was judged.`,
    findings: [
      {
        code: 'no-migrations',
        level: 'notice',
        message: 'No migration file was found, which is not the same as safe migrations.',
        help: 'Set gates.migrations.paths to where the migrations lie, or take the gate out of required_gates.',
      },
    ],
    measurements: { migrations: 0, judged: 0 },
    evidence: [],
  };
}

function summarise(facts: MigrationsFacts, findings: readonly Finding[]): string {
  const judged = facts.migrations.filter((migration) => migration.judged).length;
  const what =
    judged === 0
      ? 'No migration is new or changed'
      : `${plural(judged, 'migration')} ${facts.hasBase ? 'new or changed' : 'judged'}: ${countFindings(findings)}`;
  const run =
    facts.dryRun.state === 'done'
      ? facts.dryRun.problems.length === 0
        ? `; applied on Postgres ${facts.dryRun.serverVersion}`
        : '; the dry run failed'
      : '; not dry-run';
  return `${what}${run}.`;
}

/** A migration that somebody may have applied must stay as it was: tools compare checksums, or never run it again. */
function historyFindings(facts: MigrationsFacts): Finding[] {
  const edited = facts.migrations
    .filter((migration) => migration.edited)
    .map(
      ({ path }): Finding => ({
        code: 'migration-edited',
        level: 'warning',
        message:
          'This migration is on the base branch already and was edited: where it has run, the edit never runs.',
        help: 'Leave it as it was and write a new migration, unless it has not been released anywhere.',
        path,
        line: 1,
      }),
    );
  const removed = facts.removed.map(
    (path): Finding => ({
      code: 'migration-removed',
      level: 'warning',
      message: `The migration \`${path}\` is on the base branch and the change removes it: servers that ran it and new ones will differ.`,
      help: 'Keep the file and undo its effect in a new migration.',
    }),
  );
  return [...edited, ...removed];
}

function dryRunFindings(options: MigrationsOptions, facts: MigrationsFacts): Finding[] {
  const run = facts.dryRun;
  if (run.state === 'done') return run.problems.map((problem) => dryRunFinding(facts, problem));
  if (run.state === 'off' && options.dry_run !== 'required') return [];
  return [
    {
      code: 'dry-run-not-done',
      level: options.dry_run === 'required' ? 'warning' : 'notice',
      message: `The migrations were not run: ${run.reason}. Only their text was judged.`,
      help: 'Give the gate a Postgres server with database-url (a service container of the job is enough).',
    },
  ];
}

function dryRunFinding(facts: MigrationsFacts, problem: DryRunProblem): Finding {
  const file = facts.migrations.find(({ path }) => path === problem.path);
  const doing = { up: 'applying', down: 'undoing', 'up again': 'applying it again after undoing' }[
    problem.direction
  ];
  return {
    code:
      problem.direction === 'up'
        ? 'dry-run-failed'
        : problem.direction === 'down'
          ? 'down-failed'
          : 'redo-failed',
    level: 'error',
    message: `A real Postgres refused this statement while ${doing}: ${problem.message}${problem.code ? ` (SQLSTATE ${problem.code})` : ''}.`,
    help:
      problem.direction === 'up'
        ? 'Correct the statement. When it needs objects that are made elsewhere, name their SQL in dry_run_setup.'
        : 'Make the down section undo exactly what the up section does.',
    path: problem.path,
    ...(file === undefined ? {} : placesIn(file.bytes)(problem.at)),
  };
}
