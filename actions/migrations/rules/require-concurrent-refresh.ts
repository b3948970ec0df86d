import { statementsOf } from '../sql/by-kind.ts';
import { as } from '../sql/nodes.ts';
import { tableKey } from '../sql/tables.ts';
import type { Rule } from './rule.ts';

export const requireConcurrentRefresh: Rule = {
  name: 'require-concurrent-refresh',
  level: 'warning',
  danger: 'REFRESH MATERIALIZED VIEW blocks every read of the view until its query has run.',
  *check(script, { created }) {
    for (const { node, start } of statementsOf(script, 'RefreshMatViewStmt')) {
      const refresh = as(node, 'RefreshMatViewStmt');
      const view = tableKey(refresh?.relation);
      if (refresh?.concurrent || refresh?.skipData || created.has(view)) continue;
      yield {
        at: start,
        message: `Refreshing \`${view}\` takes an ACCESS EXCLUSIVE lock on it: nobody reads it until the query has run.`,
        help: 'Write REFRESH MATERIALIZED VIEW CONCURRENTLY, which needs a unique index on the view.',
      };
    }
  },
};
