import { statementsOf } from '../sql/by-kind.ts';
import { as } from '../sql/nodes.ts';
import type { Rule } from './rule.ts';

export const doBlockNotJudged: Rule = {
  name: 'do-block-not-judged',
  level: 'warning',
  danger: 'Statements inside a DO block are text to the parser: no rule sees them, whatever locks they take.',
  *check(script) {
    for (const { node, start } of statementsOf(script, 'DoStmt')) {
      if (as(node, 'DoStmt') === undefined) continue;
      yield {
        at: start,
        message: 'What this DO block runs is not judged: to the parser its body is a piece of text.',
        help: 'Write the statements in the open, with IF [NOT] EXISTS where the block only tests for that; or let a dry run show its locks.',
      };
    }
  },
};
