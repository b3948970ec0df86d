import { statementsOf } from '../sql/by-kind.ts';
import { oftenOutside, outsideTransactionOnly } from '../sql/outside.ts';
import type { Rule } from './rule.ts';

export const concurrentlyInTransaction: Rule = {
  name: 'concurrently-in-transaction',
  level: 'error',
  danger: 'VACUUM, REINDEX CONCURRENTLY and their like fail inside a transaction.',
  *check(script) {
    for (const { kind, node, start, transaction } of statementsOf(script, ...oftenOutside)) {
      // CREATE INDEX CONCURRENTLY has a rule of its own, with squawk's name.
      if (transaction === null || kind === 'IndexStmt') continue;
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
