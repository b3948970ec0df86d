import { statementsOf } from '../sql/by-kind.ts';
import { assignedColumns, definedNames, type NamedColumn } from '../sql/named-columns.ts';
import { as } from '../sql/nodes.ts';
import type { Statement } from '../sql/parse.ts';
import type { Hit, Rule } from './rule.ts';

export const banDuplicateColumnAssignments: Rule = {
  name: 'ban-duplicate-column-assignments',
  level: 'error',
  danger: 'Postgres refuses to assign, or to define, one column twice in one statement.',
  *check(script) {
    for (const statement of statementsOf(script, ...assigning)) {
      for (const list of assignedColumns(statement.node)) {
        if (hasRepetition(list)) yield* repeated(list, statement, 'assigned');
      }
    }
    for (const statement of statementsOf(script, ...defining)) {
      if (statement.kind === 'SelectStmt' && !as(statement.node, 'SelectStmt')?.intoClause) continue;
      const names = definedNames(statement.node);
      if (hasRepetition(names)) yield* repeated(names, statement, 'defined');
    }
  },
};

/** Statements that can hold an assignment, themselves or in a WITH. */
const assigning = [
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'SelectStmt',
  'CreateTableAsStmt',
] as const;

/** Statements that give names to columns; of queries only SELECT … INTO. */
const defining = [
  'CreateStmt',
  'CreateForeignTableStmt',
  'CreateTableAsStmt',
  'ViewStmt',
  'SelectStmt',
] as const;

/** Each place of a name that stands more than once. Parts of one array or composite may be set one by one. */
function* repeated(
  columns: readonly NamedColumn[],
  { start }: Statement,
  how: 'assigned' | 'defined',
): Generator<Hit> {
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

/** Nearly every list is short and repeats nothing: that is found out without making anything. */
function hasRepetition(columns: readonly NamedColumn[]): boolean {
  if (columns.length > 50) return new Set(columns.map(({ name }) => name)).size < columns.length;
  for (let later = 1; later < columns.length; later++) {
    for (let index = 0; index < later; index++) {
      if (columns[index]?.name === columns[later]?.name) return true;
    }
  }
  return false;
}
