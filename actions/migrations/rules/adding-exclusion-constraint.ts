import { addedConstraints } from '../sql/alter-table.ts';
import { accessExclusive, type Rule } from './rule.ts';

export const addingExclusionConstraint: Rule = {
  name: 'adding-exclusion-constraint',
  level: 'error',
  danger: 'An exclusion constraint builds its index under ACCESS EXCLUSIVE, and there is no concurrent way.',
  *check(script, { created }) {
    for (const { table, constraint, at } of addedConstraints(script)) {
      if (constraint.contype !== 'CONSTR_EXCLUSION' || created.has(table)) continue;
      yield {
        at,
        message: `The exclusion constraint on \`${table}\` is built under ${accessExclusive}.`,
        help: 'Build it on a new table and move the rows there, or plan a maintenance window and say so in an exception.',
      };
    }
  },
};
