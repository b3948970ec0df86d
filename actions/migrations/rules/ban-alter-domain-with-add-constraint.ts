import { statementsOf } from '../sql/by-kind.ts';
import { as, words } from '../sql/nodes.ts';
import type { Rule } from './rule.ts';

export const banAlterDomainWithAddConstraint: Rule = {
  name: 'ban-alter-domain-with-add-constraint',
  level: 'error',
  danger: 'A new constraint on a domain scans every table that uses it, under SHARE locks.',
  *check(script) {
    for (const { node, start } of statementsOf(script, 'AlterDomainStmt')) {
      const alter = as(node, 'AlterDomainStmt');
      if (alter?.subtype !== 'C' && alter?.subtype !== 'AD_AddConstraint') continue;
      yield {
        at: start,
        message: `A constraint on the domain \`${words(alter.typeName).join('.')}\` is checked against every column that uses it, with SHARE locks that block their writes.`,
        help: 'Use CHECK constraints on the tables: those can be added NOT VALID and validated later.',
      };
    }
  },
};
