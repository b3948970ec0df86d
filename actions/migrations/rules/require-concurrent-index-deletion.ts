import { statementsOf } from '../sql/by-kind.ts';
import { as } from '../sql/nodes.ts';
import { droppedNames } from '../sql/tables.ts';
import type { Rule } from './rule.ts';

export const requireConcurrentIndexDeletion: Rule = {
  name: 'require-concurrent-index-deletion',
  level: 'error',
  danger: 'DROP INDEX waits for every transaction on the table and blocks all that come behind it.',
  *check(script) {
    for (const { node, start } of statementsOf(script, 'DropStmt')) {
      const drop = as(node, 'DropStmt');
      if (drop?.removeType !== 'OBJECT_INDEX' || drop.concurrent) continue;
      const names = droppedNames(drop.objects).map((parts) => `\`${parts.join('.')}\``);
      yield {
        at: start,
        message: `Dropping ${names.join(', ')} takes an ACCESS EXCLUSIVE lock on the table of the index, which blocks its reads and writes.`,
        help: 'Write DROP INDEX CONCURRENTLY, in a migration that runs without a transaction.',
      };
    }
  },
};
