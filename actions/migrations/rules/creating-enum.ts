import { statementsOf } from '../sql/by-kind.ts';
import { as, words } from '../sql/nodes.ts';
import type { Rule } from './rule.ts';

export const creatingEnum: Rule = {
  name: 'creating-enum',
  level: 'warning',
  optIn: true,
  danger: 'A value of an enum can be added but never removed, and carries no data of its own.',
  *check(script) {
    for (const { node, start } of statementsOf(script, 'CreateEnumStmt')) {
      const type = as(node, 'CreateEnumStmt');
      if (type === undefined) continue;
      yield {
        at: start,
        message: `\`${words(type.typeName).join('.')}\` is an enum: its values can never be removed.`,
        help: 'Use a table that the column refers to, or TEXT with a CHECK constraint.',
      };
    }
  },
};
