import { addedConstraints } from '../sql/alter-table.ts';
import { tableName } from '../sql/tables.ts';
import type { Rule } from './rule.ts';

export const addingForeignKeyConstraint: Rule = {
  name: 'adding-foreign-key-constraint',
  level: 'error',
  danger: 'A validated foreign key scans the table while SHARE ROW EXCLUSIVE blocks writes to both tables.',
  *check(script, { created }) {
    for (const { table, constraint, at } of addedConstraints(script)) {
      if (constraint.contype !== 'CONSTR_FOREIGN' || constraint.skip_validation || created.has(table))
        continue;
      yield {
        at,
        message: `The foreign key to \`${tableName(constraint.pktable)}\` is checked at once: a scan of \`${table}\` under a SHARE ROW EXCLUSIVE lock on both tables, which blocks their writes.`,
        help: 'Add it with NOT VALID, then run ALTER TABLE … VALIDATE CONSTRAINT … in a later transaction.',
      };
    }
  },
};
