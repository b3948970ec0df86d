import { tableCommands } from '../sql/alter-table.ts';
import type { Rule } from './rule.ts';

export const droppingDefault: Rule = {
  name: 'dropping-default',
  level: 'warning',
  danger:
    'A version that still runs leaves the column out of its INSERT: it writes NULL, or fails on NOT NULL.',
  *check(script, { created }) {
    for (const { table, command, at } of tableCommands(script)) {
      const goes =
        (command.subtype === 'AT_ColumnDefault' && command.def === undefined) ||
        command.subtype === 'AT_DropIdentity';
      if (!goes || created.has(table) || isSetAgain(script, table, command.name)) continue;
      yield {
        at,
        message: `Nothing fills \`${table}.${command.name}\` any more when a running version leaves it out of an INSERT.`,
        help: 'Release a version that always writes the column first; drop its default in a later release.',
      };
    }
  },
};

/** To change the type of a column its default is dropped and set again. */
function isSetAgain(
  script: Parameters<typeof tableCommands>[0],
  table: string,
  column: string | undefined,
): boolean {
  return tableCommands(script).some(
    ({ table: other, command }) =>
      other === table &&
      command.name === column &&
      (command.subtype === 'AT_AddIdentity' ||
        (command.subtype === 'AT_ColumnDefault' && command.def !== undefined)),
  );
}
