import { tableCommands } from '../sql/alter-table.ts';
import type { Rule } from './rule.ts';

export const banDropNotNull: Rule = {
  name: 'ban-drop-not-null',
  level: 'warning',
  danger: 'Readers that rely on a value meet NULL.',
  *check(script, { created }) {
    for (const { table, command, at } of tableCommands(script)) {
      if (command.subtype !== 'AT_DropNotNull' || created.has(table)) continue;
      yield {
        at,
        message: `\`${table}.${command.name}\` may be NULL from now on; running versions that rely on a value can fail.`,
        help: 'Make sure that every reader copes with NULL before this runs, then add an exception that says so.',
      };
    }
  },
};
