import { addedConstraints } from '../sql/alter-table.ts';
import { NotNullProofs } from '../sql/not-null.ts';
import { accessExclusive, type Rule } from './rule.ts';

export const primaryKeyUsingIndex: Rule = {
  name: 'primary-key-using-index',
  level: 'warning',
  danger: 'PRIMARY KEY USING INDEX scans the table under ACCESS EXCLUSIVE when a column of it may be NULL.',
  *check(script, { created, earlier }) {
    let proofs: NotNullProofs | undefined;
    for (const { statement, table, constraint, at } of addedConstraints(script)) {
      if (constraint.contype !== 'CONSTR_PRIMARY' || !constraint.indexname || created.has(table)) continue;
      proofs ??= new NotNullProofs(earlier, script);
      if (proofs.indexIsNotNull(script, statement.index, constraint.indexname)) continue;
      yield {
        at,
        message: `Columns of \`${constraint.indexname}\` that may be NULL are scanned under ${accessExclusive}.`,
        help: 'Make every column of the index NOT NULL first, by way of a validated CHECK (… IS NOT NULL).',
      };
    }
  },
};
