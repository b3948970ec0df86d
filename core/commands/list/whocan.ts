import { commandCalled, notACommand } from '../called.ts';
import { bad, type CommandDefinition, good, never } from '../definition.ts';

export const whocanCommand: CommandDefinition<'whocan'> = {
  name: 'whocan',
  usage: '/whocan <command>',
  summary: 'Says who may use a command here, and what else it asks for',
  details: 'People and teams are named without calling them.',
  examples: ['/whocan promote', '/whocan override'],
  places: ['release', 'pull request'],
  permission: { roles: [] },
  changes: never,
  freeText: false,
  parse: ({ words: [word, ...rest] }) => {
    if (word === undefined) return bad('MISSING_ARGUMENT', 'name a command, e.g. `/whocan promote`');
    const of = commandCalled(word);
    if (of === null || rest.length > 0) return bad('BAD_ARGUMENT', notACommand(word));
    return good({ name: 'whocan', of });
  },
};
