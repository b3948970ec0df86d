import { addedColumns, typeWord } from '../sql/alter-table.ts';
import { accessExclusive, type Rule } from './rule.ts';

const serials = new Set(['serial', 'serial4', 'bigserial', 'serial8', 'smallserial', 'serial2']);

export const addingAutoIncrementField: Rule = {
  name: 'adding-auto-increment-field',
  level: 'error',
  danger: 'A serial or identity column numbers every row: a rewrite under ACCESS EXCLUSIVE.',
  *check(script, { created }) {
    for (const { table, column, constraints, at } of addedColumns(script)) {
      const identity = constraints.some((one) => one.contype === 'CONSTR_IDENTITY');
      if (created.has(table) || (!identity && !serials.has(typeWord(column.typeName)))) continue;
      yield {
        at,
        message: `Adding the self-numbering column \`${table}.${column.colname}\` rewrites the table under ${accessExclusive}.`,
        help: 'Make a new table with the column and move the rows in batches, or add a plain nullable column, fill it in batches and attach a sequence then.',
      };
    }
  },
};
