import { statementsOf } from '../sql/by-kind.ts';
import { as, words } from '../sql/nodes.ts';
import type { Rule } from './rule.ts';

export const renamingEnumValue: Rule = {
  name: 'renaming-enum-value',
  level: 'error',
  danger:
    'The version that still runs writes the old value, which is refused, and does not know the new one.',
  *check(script) {
    for (const { node, start } of statementsOf(script, 'AlterEnumStmt')) {
      const alter = as(node, 'AlterEnumStmt');
      if (!alter?.oldVal) continue;
      yield {
        at: start,
        message: `Renaming '${alter.oldVal}' of \`${words(alter.typeName).join('.')}\` breaks every running version that reads or writes it.`,
        help: `Add '${alter.newVal ?? ''}' as a further value, let the code know both, move rows over in batches and stop using the old one in a later release.`,
      };
    }
  },
};
