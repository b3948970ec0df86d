import { statementsOf } from '../sql/by-kind.ts';
import { as } from '../sql/nodes.ts';
import { addMade, droppedNames, keyOfWords, tableMakers } from '../sql/tables.ts';
import type { Rule } from './rule.ts';

export const banDropTable: Rule = {
  name: 'ban-drop-table',
  level: 'error',
  danger: 'The version that still runs uses the table and fails; its data is gone.',
  *check(script, { createdBefore }) {
    // A table that is dropped and then made anew was somebody's: only what was made before may go.
    const made = new Set(createdBefore);
    for (const { node, start } of statementsOf(script, 'DropStmt', ...tableMakers)) {
      addMade(node, made);
      const drop = as(node, 'DropStmt');
      if (drop?.removeType !== 'OBJECT_TABLE') continue;
      const names = droppedNames(drop.objects).filter((parts) => !made.has(keyOfWords(parts)));
      if (names.length === 0) continue;
      yield {
        at: start,
        message: `Dropping ${names.map((parts) => `\`${parts.join('.')}\``).join(', ')} breaks every running version that still uses it, and a rollback cannot bring the rows back.`,
        help: 'Release a version that no longer uses the table first; then drop it with an exception that says so.',
      };
    }
  },
};
