import { statementsOf } from '../sql/by-kind.ts';
import { as } from '../sql/nodes.ts';
import { tableKey } from '../sql/tables.ts';
import type { Rule } from './rule.ts';

export const unboundedWrite: Rule = {
  name: 'unbounded-write',
  level: 'warning',
  danger:
    'An UPDATE or DELETE of all rows locks each of them until the end, bloats the table and floods replicas.',
  *check(script, { created }) {
    for (const { node, start } of statementsOf(script, 'UpdateStmt', 'DeleteStmt')) {
      const update = as(node, 'UpdateStmt');
      const remove = as(node, 'DeleteStmt');
      const relation = update?.relation ?? remove?.relation;
      const bounded =
        (update ?? remove)?.whereClause !== undefined || update?.fromClause || remove?.usingClause;
      if (relation === undefined || bounded || created.has(tableKey(relation))) continue;
      yield {
        at: start,
        message: `This ${update ? 'updates' : 'deletes'} every row of \`${tableKey(relation)}\` in one transaction: all rows stay locked until it ends.`,
        help: 'Work in batches of some thousand rows, each in a transaction of its own, outside the migration.',
      };
    }
  },
};
