import { statementsOf } from '../sql/by-kind.ts';
import { as } from '../sql/nodes.ts';
import type { Rule } from './rule.ts';

export const indexTooWide: Rule = {
  name: 'index-too-wide',
  level: 'warning',
  optIn: true,
  danger: 'A non-unique index of more than three columns costs every write and is rarely faster to read.',
  *check(script) {
    for (const { node, start } of statementsOf(script, 'IndexStmt')) {
      const index = as(node, 'IndexStmt');
      const columns = index?.indexParams?.length ?? 0;
      if (index === undefined || index.unique || columns <= 3) continue;
      yield {
        at: start,
        message: `The index \`${index.idxname ?? ''}\` has ${columns} columns.`,
        help: 'Keep the columns that narrow the search most, first.',
      };
    }
  },
};
