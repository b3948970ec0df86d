import { statementsOf } from '../sql/by-kind.ts';
import { as } from '../sql/nodes.ts';
import { tableKey, tableName } from '../sql/tables.ts';
import type { Rule } from './rule.ts';

export const requireConcurrentIndexCreation: Rule = {
  name: 'require-concurrent-index-creation',
  level: 'error',
  danger: 'CREATE INDEX blocks every write to the table until the index is built.',
  *check(script, { created }) {
    for (const { node, start } of statementsOf(script, 'IndexStmt')) {
      const index = as(node, 'IndexStmt');
      if (index === undefined || index.concurrent || created.has(tableKey(index.relation))) continue;
      yield {
        at: start,
        message: `Creating the index${index.idxname ? ` \`${index.idxname}\`` : ''} takes a SHARE lock on \`${tableName(index.relation)}\`, which blocks its writes until the index is built.`,
        help: `Write CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX CONCURRENTLY, in a migration that runs without a transaction.`,
      };
    }
  },
};
