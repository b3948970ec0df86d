import { tableCommands } from '../sql/alter-table.ts';
import type { Rule } from './rule.ts';

export const banDropConstraint: Rule = {
  name: 'ban-drop-constraint',
  level: 'warning',
  optIn: true,
  danger: 'Rows that the constraint kept out come in, and it cannot be added again until they are gone.',
  *check(script, { created }) {
    for (const { table, command, at } of tableCommands(script)) {
      if (command.subtype !== 'AT_DropConstraint' || created.has(table)) continue;
      yield {
        at,
        message: `Without \`${command.name}\` on \`${table}\` nothing keeps such rows out any more.`,
        help: 'Say why nobody relies on it; to replace it, add the new one NOT VALID before dropping the old.',
      };
    }
  },
};
