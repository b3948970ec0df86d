import { statementsOf } from '../sql/by-kind.ts';
import { all, as } from '../sql/nodes.ts';
import { tableKey } from '../sql/tables.ts';
import type { Rule } from './rule.ts';

/** `SHARE`, the first mode that keeps writers out (Postgres' lockdefs.h). */
const share = 5;

export const lockingTable: Rule = {
  name: 'locking-table',
  level: 'warning',
  danger:
    'LOCK TABLE keeps writers, or everybody, out until the transaction ends, and queues whoever comes after it.',
  *check(script, { created }) {
    for (const { node, start } of statementsOf(script, 'LockStmt')) {
      const lock = as(node, 'LockStmt');
      const tables = all(lock?.relations, 'RangeVar').map(tableKey);
      const used = tables.filter((table) => !created.has(table));
      if ((lock?.mode ?? 0) < share || used.length === 0) continue;
      yield {
        at: start,
        message: `This locks ${used.map((table) => `\`${table}\``).join(', ')} against writers until the transaction ends.`,
        help: 'Let each statement take the lock that it needs, under a short lock_timeout; or lock rows with SELECT … FOR UPDATE.',
      };
    }
  },
};
