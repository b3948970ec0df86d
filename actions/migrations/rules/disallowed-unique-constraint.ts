import { addedConstraints } from '../sql/alter-table.ts';
import { accessExclusive, type Rule } from './rule.ts';

export const disallowedUniqueConstraint: Rule = {
  name: 'disallowed-unique-constraint',
  level: 'error',
  danger: 'A UNIQUE constraint builds its index under ACCESS EXCLUSIVE.',
  *check(script, { created }) {
    for (const { table, constraint, at } of addedConstraints(script)) {
      if (constraint.contype !== 'CONSTR_UNIQUE' || constraint.indexname || created.has(table)) continue;
      yield {
        at,
        message: `The UNIQUE constraint on \`${table}\` builds its index under ${accessExclusive}.`,
        help: 'CREATE UNIQUE INDEX CONCURRENTLY first, then ADD CONSTRAINT … UNIQUE USING INDEX ….',
      };
    }
  },
};
