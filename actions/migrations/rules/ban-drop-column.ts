import { tableCommands } from '../sql/alter-table.ts';
import type { Rule } from './rule.ts';

export const banDropColumn: Rule = {
  name: 'ban-drop-column',
  level: 'error',
  danger: 'The version that still runs reads or writes the column and fails; its data is gone.',
  *check(script, { created }) {
    for (const { table, command, at } of tableCommands(script)) {
      if (command.subtype !== 'AT_DropColumn' || created.has(table)) continue;
      yield {
        at,
        message: `Dropping \`${table}.${command.name}\` breaks every running version that still names it, and a rollback cannot bring its data back.`,
        help: 'Release a version that no longer uses the column first; then drop it with an exception that says so.',
      };
    }
  },
};
