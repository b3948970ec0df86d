import { statementsOf } from '../sql/by-kind.ts';
import { as } from '../sql/nodes.ts';
import type { Rule } from './rule.ts';

export const banDropDatabase: Rule = {
  name: 'ban-drop-database',
  level: 'error',
  danger: 'The database is gone.',
  *check(script) {
    for (const { node, start } of statementsOf(script, 'DropdbStmt')) {
      const drop = as(node, 'DropdbStmt');
      if (drop === undefined) continue;
      yield {
        at: start,
        message: `Dropping the database \`${drop.dbname}\` cannot be undone and does not belong into a migration.`,
        help: 'Remove the statement; drop databases by hand, with a backup at hand.',
      };
    }
  },
};
