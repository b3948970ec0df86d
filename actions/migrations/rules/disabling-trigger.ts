import { tableCommands } from '../sql/alter-table.ts';
import type { Rule } from './rule.ts';

const disables = new Set(['AT_DisableTrig', 'AT_DisableTrigAll', 'AT_DisableTrigUser', 'AT_DisableRule']);
const enables = /^AT_Enable(?:Always|Replica)?(?:Trig|TrigAll|TrigUser|Rule)$/;

export const disablingTrigger: Rule = {
  name: 'disabling-trigger',
  level: 'warning',
  danger: 'What the trigger keeps right is wrong from then on; ALL stops the checks of foreign keys, too.',
  *check(script, { created }) {
    const commands = tableCommands(script);
    for (const [index, { table, command, at }] of commands.entries()) {
      if (!disables.has(command.subtype ?? '') || created.has(table)) continue;
      const later = commands.slice(index + 1);
      const isBack = later.some(
        (one) =>
          one.table === table && enables.test(one.command.subtype ?? '') && one.command.name === command.name,
      );
      if (isBack) continue;
      yield {
        at,
        message: `${command.name === undefined ? 'Triggers' : `\`${command.name}\``} of \`${table}\` ${command.name === undefined ? 'stay' : 'stays'} off when this migration is done.`,
        help: 'Enable it again in the same transaction, or drop it when nobody needs it.',
      };
    }
  },
};
