import { statementsOf } from '../sql/by-kind.ts';
import { as } from '../sql/nodes.ts';
import type { Statement } from '../sql/parse.ts';
import type { Rule } from './rule.ts';

export const banUncommittedTransaction: Rule = {
  name: 'ban-uncommitted-transaction',
  level: 'error',
  danger:
    'A transaction that is not committed is rolled back when the connection closes; locks stay until then.',
  *check(script) {
    let open: Statement | null = null;
    for (const statement of statementsOf(script, 'TransactionStmt')) {
      const kind = as(statement.node, 'TransactionStmt')?.kind;
      if (kind === 'TRANS_STMT_BEGIN' || kind === 'TRANS_STMT_START') open = statement;
      const ends =
        kind === 'TRANS_STMT_COMMIT' || kind === 'TRANS_STMT_ROLLBACK' || kind === 'TRANS_STMT_PREPARE';
      if (ends) open = null;
    }
    if (open === null) return;
    yield {
      at: open.start,
      message:
        'This transaction is never committed: its changes are lost when the connection closes, and it holds its locks until then.',
      help: 'Add COMMIT at the end, or remove BEGIN when the migration tool opens the transaction.',
    };
  },
};
