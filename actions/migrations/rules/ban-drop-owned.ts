import { statementsOf } from '../sql/by-kind.ts';
import { all, as } from '../sql/nodes.ts';
import type { Rule } from './rule.ts';

export const banDropOwned: Rule = {
  name: 'ban-drop-owned',
  level: 'error',
  danger: 'Everything that the role owns is gone, whatever it is, and so is every right that it was given.',
  *check(script) {
    for (const { node, start } of statementsOf(script, 'DropOwnedStmt')) {
      const roles = all(as(node, 'DropOwnedStmt')?.roles, 'RoleSpec').map(
        ({ rolename }) => `\`${rolename ?? ''}\``,
      );
      yield {
        at: start,
        message: `This drops every table, view and function of ${roles.join(', ')}: which ones, no reader of the migration can see.`,
        help: 'Give them to another role first (REASSIGN OWNED BY), and drop by name what is to go.',
      };
    }
  },
};
