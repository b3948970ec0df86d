import { statementsOf } from '../sql/by-kind.ts';
import { all, as } from '../sql/nodes.ts';
import { isOn } from '../sql/option.ts';
import type { Rule } from './rule.ts';

export const requireConcurrentReindex: Rule = {
  name: 'require-concurrent-reindex',
  level: 'error',
  danger: 'REINDEX blocks writes to the table, and reads that would use the index.',
  *check(script) {
    for (const { node, start } of statementsOf(script, 'ReindexStmt')) {
      const reindex = as(node, 'ReindexStmt');
      if (reindex === undefined || reindex.kind === 'REINDEX_OBJECT_SYSTEM') continue;
      if (all(reindex.params, 'DefElem').some((one) => one.defname === 'concurrently' && isOn(one))) continue;
      yield {
        at: start,
        message:
          'REINDEX takes a SHARE lock on the table and an ACCESS EXCLUSIVE lock on the index: writes, and reads through the index, wait until it is rebuilt.',
        help: 'Write REINDEX … CONCURRENTLY (Postgres 12+), outside a transaction.',
      };
    }
  },
};
