import { tableCommands } from '../sql/alter-table.ts';
import { as } from '../sql/nodes.ts';
import { accessExclusive, type Rule } from './rule.ts';

export const requireConcurrentPartitionDetach: Rule = {
  name: 'require-concurrent-partition-detach',
  level: 'error',
  danger: 'DETACH PARTITION takes ACCESS EXCLUSIVE on the whole partitioned table.',
  *check(script, { created }) {
    for (const { statement, table, command } of tableCommands(script)) {
      if (command.subtype !== 'AT_DetachPartition' || created.has(table)) continue;
      if (as(command.def, 'PartitionCmd')?.concurrent) continue;
      yield {
        at: statement.start,
        message: `DETACH PARTITION takes, on \`${table}\`, ${accessExclusive}.`,
        help: 'Write DETACH PARTITION … CONCURRENTLY (Postgres 14+), outside a transaction.',
      };
    }
  },
};
