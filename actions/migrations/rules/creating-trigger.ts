import { statementsOf } from '../sql/by-kind.ts';
import { as } from '../sql/nodes.ts';
import { tableKey } from '../sql/tables.ts';
import type { Rule } from './rule.ts';

export const creatingTrigger: Rule = {
  name: 'creating-trigger',
  level: 'warning',
  optIn: true,
  danger:
    'CREATE TRIGGER waits for every writer of the table, keeps the next ones out, and slows each write after it.',
  *check(script, { created }) {
    for (const { node, start } of statementsOf(script, 'CreateTrigStmt')) {
      const trigger = as(node, 'CreateTrigStmt');
      const table = tableKey(trigger?.relation);
      if (trigger === undefined || created.has(table)) continue;
      yield {
        at: start,
        message: `The trigger \`${trigger.trigname ?? ''}\` takes a SHARE ROW EXCLUSIVE lock on \`${table}\`, which blocks its writes.`,
        help: 'Set a short lock_timeout, try again when it gives up, and keep it alone in its transaction.',
      };
    }
  },
};
