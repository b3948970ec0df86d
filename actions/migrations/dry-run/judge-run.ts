import type { Finding } from '../../../core/gate/result.ts';
import type { DryRunProblem, MigrationsFacts } from '../facts.ts';
import type { MigrationsOptions } from '../options.ts';
import { placesIn } from '../sql/lines.ts';

/** Whether the migrations ran at all, what the server refused, and what they left unusable. */
export function dryRunFindings(options: MigrationsOptions, facts: MigrationsFacts): Finding[] {
  const run = facts.dryRun;
  if (run.state === 'done') {
    return [
      ...run.problems.map((problem) => dryRunFinding(facts, problem)),
      ...invalidIndexFindings(run.invalidIndexes),
      ...foreignKeyFindings(run.unindexedForeignKeys),
    ];
  }
  if (run.state === 'off' && options.dry_run !== 'required') return [];
  if (run.state === 'stopped') return [stoppedFinding(run.reason)];
  return [
    {
      code: 'dry-run-not-done',
      level: options.dry_run === 'required' ? 'warning' : 'notice',
      message: `The migrations were not run: ${run.reason}. Only their text was judged.`,
      help: 'Give the gate a Postgres server with database-url (a service container of the job is enough).',
    },
  ];
}

function stoppedFinding(reason: string): Finding {
  return {
    code: 'dry-run-stopped',
    level: 'warning',
    message: `The dry run did not end in its time (${reason}): what the migrations do was not seen.`,
    help: 'Look for a statement that waits or goes on for ever, or raise dry_run_timeout_ms.',
  };
}

function invalidIndexFindings(names: readonly string[]): Finding[] {
  return names.map((name) => ({
    code: 'invalid-index',
    level: 'error',
    message: `After the migrations the index \`${name}\` is invalid: it costs every write and serves no read.`,
    help: 'Drop it with DROP INDEX CONCURRENTLY and build it again, or attach the missing partitions.',
  }));
}

function foreignKeyFindings(names: readonly string[]): Finding[] {
  return names.map((name) => ({
    code: 'foreign-key-without-index',
    level: 'warning',
    message: `No index begins with the columns of the foreign key \`${name}\`: each delete in the other table reads this one from end to end.`,
    help: 'Create an index on its columns, concurrently where the table is in use.',
  }));
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
