import type { Finding } from '../../core/gate/result.ts';
import type { Migration, MigrationsFacts } from './facts.ts';
import { versionOf } from './order.ts';
import { linesIn } from './sql/lines.ts';
import { outsideTransactionOnly } from './sql/outside.ts';

/** A migration that somebody may have applied must stay as it was: tools compare checksums, or never run it again. */
export function historyFindings(facts: MigrationsFacts): readonly Finding[] {
  const edited = [...facts.migrations, ...facts.cypher]
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
  const late = facts.outOfOrder.map(
    (path): Finding => ({
      code: 'migration-out-of-order',
      level: 'warning',
      message:
        'This new migration comes before one that the base branch has: where that has run, tools skip this one or refuse to go on.',
      help: 'Give it a version after the last one on the base branch.',
      path,
      line: 1,
    }),
  );
  return [...edited, ...removed, ...late, ...duplicates(facts), ...mixed(facts)];
}

/** Tools that refuse to start when two files have one version. */
const strict = new Set<Migration['layout']>(['goose', 'flyway', 'golang-migrate', 'dbmate', 'atlas']);

function duplicates({ migrations }: MigrationsFacts): readonly Finding[] {
  const ups = migrations.filter(
    ({ layout, scripts }) => strict.has(layout) && scripts[0]?.direction === 'up',
  );
  const byVersion = Map.groupBy(ups, ({ path }) => {
    const version = versionOf(path);
    return version === null ? path : `${path.slice(0, path.lastIndexOf('/') + 1)} ${version}`;
  });
  return [...byVersion.values()].flatMap((same) => {
    const [first, ...others] = [...same].sort((left, right) => Number(left.judged) - Number(right.judged));
    return others
      .filter(({ judged }) => judged)
      .map(
        ({ path, layout }): Finding => ({
          code: 'duplicate-version',
          level: 'error',
          message: `This migration has the version of \`${first?.path ?? ''}\`: ${layout} refuses to run either.`,
          help: 'Give it a version of its own, after the last one on the base branch.',
          path,
          line: 1,
        }),
      );
  });
}

/** Flyway finds out about each statement by itself and wants all of a file to be of one kind. */
function mixed({ migrations }: MigrationsFacts): readonly Finding[] {
  return migrations.flatMap(({ path, layout, judged, scripts, bytes }) => {
    const script = scripts.find(({ direction }) => direction === 'up');
    if (layout !== 'flyway' || !judged || script?.transaction !== 'none' || script.configured) return [];
    const inside = script.statements.find(
      ({ node, kind }) => outsideTransactionOnly(node) === null && kind !== 'VariableSetStmt',
    );
    if (inside === undefined || script.statements.every((one) => one === inside)) return [];
    return [
      {
        code: 'mixed-transaction',
        level: 'error',
        message:
          'The file has statements that run only outside a transaction beside others: Flyway refuses it unless `mixed` is set.',
        help: 'Put what cannot run in a transaction into a file of its own.',
        path,
        line: linesIn(bytes)(inside.start),
      },
    ];
  });
}

/** New migrations in languages that the gate does not read. */
export function unreadFindings({ foreign }: MigrationsFacts): readonly Finding[] {
  return foreign.map((path) => ({
    code: 'migration-not-read',
    level: 'warning',
    message: `This migration is written in ${languageOf(path)}, which is not read: nobody has judged what it does.`,
    help: 'Give the gate the SQL that the tool prints for it (a file among gates.migrations.paths), or have an exception for it on the base branch.',
    path,
    line: 1,
  }));
}

const languages: Readonly<Record<string, string>> = {
  go: 'Go',
  rb: 'Ruby',
  py: 'Python',
  php: 'PHP',
  java: 'Java',
  kt: 'Kotlin',
  exs: 'Elixir',
  cs: 'C#',
  xml: 'XML',
  yaml: 'YAML',
  yml: 'YAML',
  json: 'JSON',
};

function languageOf(path: string): string {
  return languages[path.slice(path.lastIndexOf('.') + 1)] ?? 'another language';
}
