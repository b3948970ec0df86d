import { statementsOf } from '../sql/by-kind.ts';
import { all, as } from '../sql/nodes.ts';
import type { Rule } from './rule.ts';

export const banDropSchema: Rule = {
  name: 'ban-drop-schema',
  level: 'error',
  danger: 'Every table of the schema is gone, and every running version that names it fails.',
  *check(script) {
    for (const { node, start } of statementsOf(script, 'DropStmt')) {
      const drop = as(node, 'DropStmt');
      if (drop?.removeType !== 'OBJECT_SCHEMA') continue;
      const names = all(drop.objects, 'String').map(({ sval }) => `\`${sval ?? ''}\``);
      yield {
        at: start,
        message: `Dropping the schema ${names.join(', ')} takes all that is in it along.`,
        help: 'Drop its tables one by one in the contract step of their change, then the empty schema.',
      };
    }
  },
};
