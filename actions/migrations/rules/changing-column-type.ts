import { tableCommands } from '../sql/alter-table.ts';
import { accessExclusive, type Rule } from './rule.ts';

export const changingColumnType: Rule = {
  name: 'changing-column-type',
  level: 'error',
  danger:
    'Most type changes rewrite the table and its indexes under ACCESS EXCLUSIVE, and break running readers.',
  *check(script, { created }) {
    for (const { table, command, at } of tableCommands(script)) {
      if (command.subtype !== 'AT_AlterColumnType' || created.has(table)) continue;
      yield {
        at,
        message: `Changing the type of \`${table}.${command.name}\` takes ${accessExclusive}, in most cases for a rewrite of all rows; running versions may read the old type.`,
        help: 'Add a column of the new type, write both, fill old rows in batches, move readers, then drop the old column in a later release.',
      };
    }
  },
};
