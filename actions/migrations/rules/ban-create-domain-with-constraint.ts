import { statementsOf } from '../sql/by-kind.ts';
import { all, as, words } from '../sql/nodes.ts';
import type { Rule } from './rule.ts';

export const banCreateDomainWithConstraint: Rule = {
  name: 'ban-create-domain-with-constraint',
  level: 'warning',
  danger: 'A domain with a constraint can only be changed later by scanning every table that uses it.',
  *check(script) {
    for (const { node, start } of statementsOf(script, 'CreateDomainStmt')) {
      const create = as(node, 'CreateDomainStmt');
      const checks = all(create?.constraints, 'Constraint').filter((one) => one.contype !== 'CONSTR_DEFAULT');
      if (create === undefined || checks.length === 0) continue;
      yield {
        at: start,
        message: `The domain \`${words(create.domainname).join('.')}\` carries a constraint: to change it later, every table that uses the domain is scanned under a lock.`,
        help: 'Use the base type with CHECK constraints on the tables, or a domain without constraints.',
      };
    }
  },
};
