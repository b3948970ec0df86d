import { statementsOf } from '../sql/by-kind.ts';
import { as } from '../sql/nodes.ts';
import type { Rule } from './rule.ts';

export const banConcurrentIndexCreationInTransaction: Rule = {
  name: 'ban-concurrent-index-creation-in-transaction',
  level: 'error',
  danger: 'CREATE INDEX CONCURRENTLY fails inside a transaction.',
  *check(script) {
    for (const { node, start, transaction } of statementsOf(script, 'IndexStmt')) {
      if (!as(node, 'IndexStmt')?.concurrent || transaction === null) continue;
      // squawk's exemption: a tool that wraps files can usually be told not to when a file has one statement.
      if (transaction === 'assumed' && script.statements.length === 1) continue;
      yield {
        at: start,
        message: `CREATE INDEX CONCURRENTLY cannot run inside ${transaction === 'explicit' ? 'a transaction' : 'the transaction of the migration tool'}: Postgres refuses it.`,
        help: 'Move it to a migration of its own that runs without a transaction (goose: `-- +goose NO TRANSACTION`, dbmate: `transaction:false`).',
      };
    }
  },
};
