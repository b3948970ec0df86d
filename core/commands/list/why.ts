import { type CommandDefinition, never, noArguments } from '../definition.ts';

export const whyCommand: CommandDefinition<'why'> = {
  name: 'why',
  usage: '/why',
  summary: 'Says why it is waiting, and whom to ask',
  details:
    'Every reason that stands against the next step at this moment, each with its code and what to do.',
  examples: ['/why'],
  places: ['release', 'pull request'],
  permission: { roles: [] },
  changes: never,
  freeText: false,
  parse: noArguments({ name: 'why' }),
};
