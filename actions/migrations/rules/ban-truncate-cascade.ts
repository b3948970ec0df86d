import { statementsOf } from '../sql/by-kind.ts';
import { as } from '../sql/nodes.ts';
import { accessExclusive, type Rule } from './rule.ts';

export const banTruncateCascade: Rule = {
  name: 'ban-truncate-cascade',
  level: 'error',
  danger: 'TRUNCATE … CASCADE empties every table that refers to this one, and those that refer to them.',
  *check(script) {
    for (const { node, start } of statementsOf(script, 'TruncateStmt')) {
      if (as(node, 'TruncateStmt')?.behavior !== 'DROP_CASCADE') continue;
      yield {
        at: start,
        message: `TRUNCATE … CASCADE empties every table with a foreign key to this one, whichever exist on the server, under ${accessExclusive}.`,
        help: 'Name the tables to be emptied one by one and leave out CASCADE.',
      };
    }
  },
};
