import { as } from '../sql/nodes.ts';
import { outsideTransactionOnly } from '../sql/outside.ts';
import type { Rule } from './rule.ts';

export const concurrentlyInTransaction: Rule = {
  name: 'concurrently-in-transaction',
  level: 'error',
  danger: 'VACUUM, REINDEX CONCURRENTLY and their like fail inside a transaction.',
  *check(script) {
    for (const { node, start, transaction } of script.statements) {
      // CREATE INDEX CONCURRENTLY has a rule of its own, with squawk's name.
      if (transaction === null || as(node, 'IndexStmt') !== undefined) continue;
      const what = outsideTransactionOnly(node);
      if (what === null || (transaction === 'assumed' && script.statements.length === 1)) continue;
      yield {
        at: start,
        message: `${what} cannot run inside ${transaction === 'explicit' ? 'a transaction' : 'the transaction of the migration tool'}: Postgres refuses it.`,
        help: 'Move it to a migration of its own that runs without a transaction (goose: `-- +goose NO TRANSACTION`, dbmate: `transaction:false`).',
      };
    }
  },
};
