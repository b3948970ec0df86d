import { addedColumns, typeWord } from '../sql/alter-table.ts';
import type { Rule } from './rule.ts';

const fills = new Set(['CONSTR_DEFAULT', 'CONSTR_GENERATED', 'CONSTR_IDENTITY']);
const serials = new Set(['serial', 'bigserial', 'smallserial', 'serial2', 'serial4', 'serial8']);

export const addingRequiredField: Rule = {
  name: 'adding-required-field',
  level: 'error',
  danger:
    'A new NOT NULL column without a default fails on existing rows and on every insert by the running version.',
  *check(script, { created }) {
    for (const { table, column, constraints, at } of addedColumns(script)) {
      if (created.has(table) || serials.has(typeWord(column.typeName))) continue;
      const required = constraints.some((one) => one.contype === 'CONSTR_NOTNULL');
      const filled = constraints.some((one) => one.contype !== undefined && fills.has(one.contype));
      if (!required || filled) continue;
      yield {
        at,
        message: `The new column \`${table}.${column.colname}\` is NOT NULL without a default: the statement fails when the table has rows, and every insert of the version that runs now fails after it.`,
        help: 'Give it a default that is not volatile, or add it nullable, fill it in batches and add NOT NULL when no old version writes any more.',
      };
    }
  },
};
