import { addedColumns, typeWord } from '../sql/alter-table.ts';
import { accessExclusive, type Rule } from './rule.ts';

const serials = new Set(['serial', 'serial4', 'bigserial', 'serial8', 'smallserial', 'serial2']);

/** Identity columns are said by `adding-field-with-default`, as squawk says them. */
export const addingAutoIncrementField: Rule = {
  name: 'adding-auto-increment-field',
  level: 'error',
  danger: 'A serial column numbers every row: a rewrite under ACCESS EXCLUSIVE.',
  *check(script, { created }) {
    for (const { table, column, at } of addedColumns(script)) {
      if (created.has(table) || !serials.has(typeWord(column.typeName))) continue;
      yield {
        at,
        message: `Adding the self-numbering column \`${table}.${column.colname}\` rewrites the table under ${accessExclusive}.`,
        help: 'Make a new table with the column and move the rows in batches, or add a plain nullable column, fill it in batches and attach a sequence then.',
      };
    }
  },
};
