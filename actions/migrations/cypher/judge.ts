import type { Finding } from '../../../core/gate/result.ts';
import type { ExceptionLedger } from '../exceptions.ts';
import { forwardFixFor } from '../forward-fix.ts';
import type { MigrationsOptions } from '../options.ts';
import { dropsOtherSchema, hasCall } from './procedures.ts';
import type { CypherMigration } from './read.ts';
import { cypherRules } from './rules.ts';
import { has } from './tree.ts';

/** What the rules for Cypher say about the files under test. */
export function judgeCypher(
  options: MigrationsOptions,
  files: readonly CypherMigration[],
  ledger: ExceptionLedger,
): readonly Finding[] {
  return files.flatMap((file) => [
    ...problemFindings(file),
    ...emptyFindings(file),
    ...ruleFindings(options, file).map((finding) => ledger.excuse(finding)),
    ...mixedFindings(file),
    ...irreversibleFindings(options, file),
  ]);
}

function placeIn({ path, text }: CypherMigration, at: number): Pick<Finding, 'path' | 'line' | 'column'> {
  const before = text.slice(0, at).split('\n');
  return { path, line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

function problemFindings(file: CypherMigration): Finding[] {
  return file.problems.map(({ at, message }) => ({
    code: 'cypher-syntax-error',
    level: 'error',
    message: `Neo4j cannot read this: ${message}.`,
    help: 'Correct the statement; nothing that it does is known until it parses.',
    ...placeIn(file, at),
  }));
}

/** Nothing was judged because nothing is there: a file that was not saved, or whose statements are comments. */
function emptyFindings({ path, statements, problems }: CypherMigration): Finding[] {
  const does = statements.some(({ tree }) => has(tree, 'regularQuery') || has(tree, 'command'));
  if (does || problems.length > 0) return [];
  return [
    {
      code: 'migration-empty',
      level: 'warning',
      message: 'The file holds no statement: nothing in it was judged, and nothing will be run.',
      help: 'Write the migration, or remove the file.',
      path,
    },
  ];
}

function ruleFindings(options: MigrationsOptions, file: CypherMigration): Finding[] {
  const active = cypherRules.filter(({ name }) => !options.exclude_rules.includes(name));
  return file.statements.flatMap((statement) =>
    active.flatMap(({ name, level, help, check }): Finding[] => {
      const message = check(statement);
      if (message === null) return [];
      const chosen = options.warn_rules.includes(name) ? 'warning' : level;
      return [{ code: name, level: chosen, message, help, ...placeIn(file, statement.start) }];
    }),
  );
}

/** Neo4j refuses to change schema and data in one transaction, which is how migration tools run a file. */
function mixedFindings(file: CypherMigration): Finding[] {
  const isSchema = ({ tree }: (typeof file.statements)[number]): boolean => has(tree, 'command');
  const first = file.statements.find(isSchema);
  const other = file.statements.find((one) => has(one.tree, 'regularQuery'));
  if (first === undefined || other === undefined) return [];
  return [
    {
      code: 'cypher-mixed-schema-and-data',
      level: 'warning',
      message: 'The file changes schema and data: Neo4j refuses both in one transaction.',
      help: 'Make two files of it.',
      ...placeIn(file, Math.max(first.start, other.start)),
    },
  ];
}

const lossy = ['deleteClause', 'removeClause', 'dropConstraint', 'dropIndex', 'setClause'];

function irreversibleFindings(options: MigrationsOptions, file: CypherMigration): Finding[] {
  const loses = file.statements.find(
    ({ tree }) => lossy.some((rule) => has(tree, rule)) || hasCall(tree, 'deletes') || dropsOtherSchema(tree),
  );
  if (file.undo || loses === undefined || options.irreversible === 'allow') return [];
  const plan = forwardFixFor(options, file.path, file.text);
  const level = plan !== null ? 'notice' : options.irreversible === 'refuse' ? 'error' : 'warning';
  return [
    {
      code: 'irreversible',
      level,
      message: `This migration cannot be undone: it removes or overwrites what was there, and has no undo file.${plan === null ? '' : ` Acknowledged forward fix: ${plan}`}`,
      help:
        plan === null
          ? 'Add an undo file (U…__….cypher), or say what is done instead: `// forward-fix: …` in the file, or forward_fixes in the config.'
          : 'Keep the plan at hand: a rollback of the application will not bring the graph back.',
      ...placeIn(file, loses.start),
    },
  ];
}
