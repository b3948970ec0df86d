import { assignedColumns, definedNames, type NamedColumn } from '../sql/named-columns.ts';
import { as } from '../sql/nodes.ts';
import type { Statement } from '../sql/parse.ts';
import type { Hit, Rule } from './rule.ts';

export const banDuplicateColumnAssignments: Rule = {
  name: 'ban-duplicate-column-assignments',
  level: 'error',
  danger: 'Postgres refuses to assign, or to define, one column twice in one statement.',
  *check(script) {
    for (const statement of script.statements) {
      if (assigning.has(statement.kind)) {
        for (const list of assignedColumns(statement.node)) yield* repeated(list, statement, 'assigned');
      }
      if (defining.has(statement.kind) || as(statement.node, 'SelectStmt')?.intoClause !== undefined) {
        yield* repeated(definedNames(statement.node), statement, 'defined');
      }
    }
  },
};

/** Statements that can hold an assignment, themselves or in a WITH. */
const assigning = new Set<string>([
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'SelectStmt',
  'CreateTableAsStmt',
]);

/** Statements that give names to columns. */
const defining = new Set<string>(['CreateStmt', 'CreateForeignTableStmt', 'CreateTableAsStmt', 'ViewStmt']);

/** Each place of a name that stands more than once. Parts of one array or composite may be set one by one. */
function* repeated(
  columns: readonly NamedColumn[],
  { start }: Statement,
  how: 'assigned' | 'defined',
): Generator<Hit> {
  if (columns.length < 2) return;
  for (const [name, places] of Map.groupBy(columns, (column) => column.name)) {
    if (places.length < 2 || places.every(({ partial }) => partial)) continue;
    for (const { at } of places) {
      yield {
        at: at ?? start,
        message: `The column \`${name}\` is ${how} more than once in one statement: Postgres refuses it.`,
        help:
          how === 'assigned'
            ? 'Remove all but one of the assignments.'
            : 'Give each column a name of its own.',
      };
    }
  }
}
