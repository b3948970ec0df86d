import { statementsOf } from '../sql/by-kind.ts';
import { as } from '../sql/nodes.ts';
import { tableKey } from '../sql/tables.ts';
import type { Rule } from './rule.ts';

export const addingUniqueIndex: Rule = {
  name: 'adding-unique-index',
  level: 'warning',
  optIn: true,
  danger: 'A unique index fails on rows that are there already; built concurrently it stays behind, invalid.',
  *check(script, { created }) {
    for (const { node, start } of statementsOf(script, 'IndexStmt')) {
      const index = as(node, 'IndexStmt');
      if (!index?.unique || created.has(tableKey(index.relation))) continue;
      yield {
        at: start,
        message: `Whether this works depends on the rows in \`${tableKey(index.relation)}\`.`,
        help: 'Look for duplicates on a restored copy first, and remove them in a release before.',
      };
    }
  },
};
