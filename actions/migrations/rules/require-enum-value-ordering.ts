import { statementsOf } from '../sql/by-kind.ts';
import { as, words } from '../sql/nodes.ts';
import type { Rule } from './rule.ts';

export const requireEnumValueOrdering: Rule = {
  name: 'require-enum-value-ordering',
  level: 'warning',
  optIn: true,
  danger: 'Values of an enum compare by position; where a new one lands should be a decision.',
  *check(script) {
    for (const { node, start } of statementsOf(script, 'AlterEnumStmt')) {
      const alter = as(node, 'AlterEnumStmt');
      if (alter?.newVal === undefined || alter.oldVal || alter.newValNeighbor) continue;
      yield {
        at: start,
        message: `'${alter.newVal}' is put behind every other value of \`${words(alter.typeName).join('.')}\`, which decides how it compares and sorts.`,
        help: "Add BEFORE 'value' or AFTER 'value'.",
      };
    }
  },
};
