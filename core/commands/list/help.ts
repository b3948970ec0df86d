import { commandCalled, notACommand } from '../called.ts';
import { bad, type CommandDefinition, good, never } from '../definition.ts';

export const helpCommand: CommandDefinition<'help'> = {
  name: 'help',
  usage: '/help [command]',
  summary: 'Lists the commands, or explains one',
  details: '`--help` after a command explains it too.',
  examples: ['/help', '/help override', '/promote --help'],
  places: ['release', 'pull request'],
  permission: { roles: [] },
  changes: never,
  freeText: false,
  parse: ({ words: [word, ...rest] }) => {
    if (word === undefined) return good({ name: 'help', of: null });
    const of = commandCalled(word);
    return of === null || rest.length > 0
      ? bad('BAD_ARGUMENT', notACommand(word))
      : good({ name: 'help', of });
  },
};
