import { statementsOf } from '../sql/by-kind.ts';
import { as } from '../sql/nodes.ts';
import type { Rule } from './rule.ts';

export const transactionNesting: Rule = {
  name: 'transaction-nesting',
  level: 'error',
  danger: 'BEGIN inside a transaction does nothing, and the first COMMIT ends the outer one.',
  *check(script) {
    const managed = script.transaction !== 'none';
    let open = false;
    for (const { node, start } of statementsOf(script, 'TransactionStmt')) {
      const kind = as(node, 'TransactionStmt')?.kind;
      const begins = kind === 'TRANS_STMT_BEGIN' || kind === 'TRANS_STMT_START';
      const ends = kind === 'TRANS_STMT_COMMIT' || kind === 'TRANS_STMT_ROLLBACK';
      if (begins && (managed || open)) {
        yield {
          at: start,
          message: `There is already a transaction here${managed ? ', opened by the migration tool' : ''}: BEGIN does nothing but warn.`,
          help: managed
            ? 'Remove BEGIN and COMMIT, or tell the tool not to open a transaction for this file.'
            : 'Remove this BEGIN.',
        };
      }
      if (ends && (managed || !open)) {
        yield {
          at: start,
          message: managed
            ? 'This ends the transaction that the migration tool has opened: what follows runs outside of it.'
            : 'There is no transaction to end here.',
          help: managed
            ? 'Remove it, or tell the tool not to open a transaction for this file.'
            : 'Remove it, or add the missing BEGIN.',
        };
      }
      if (begins) open = true;
      if (ends) open = false;
    }
  },
};
