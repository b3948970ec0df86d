import { addedConstraints } from '../sql/alter-table.ts';
import { accessExclusive, type Rule } from './rule.ts';

export const addingSerialPrimaryKeyField: Rule = {
  name: 'adding-serial-primary-key-field',
  level: 'error',
  danger: 'Adding a primary key builds its index, and may rewrite the table, under ACCESS EXCLUSIVE.',
  *check(script, { created }) {
    for (const { table, constraint, at } of addedConstraints(script)) {
      if (constraint.contype !== 'CONSTR_PRIMARY' || constraint.indexname || created.has(table)) continue;
      yield {
        at,
        message: `The primary key of \`${table}\` is built under ${accessExclusive}.`,
        help: 'Create a unique index CONCURRENTLY on columns that are NOT NULL, then ADD CONSTRAINT … PRIMARY KEY USING INDEX ….',
      };
    }
  },
};
