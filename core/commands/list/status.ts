import { type CommandDefinition, never, noArguments } from '../definition.ts';

export const statusCommand: CommandDefinition<'status'> = {
  name: 'status',
  usage: '/status',
  summary: 'Shows where the release or the pull request stands and what it waits for',
  details: 'The first post of the tracking issue always shows the same.',
  examples: ['/status'],
  places: ['release', 'pull request'],
  permission: { roles: [] },
  changes: never,
  freeText: false,
  parse: noArguments({ name: 'status' }),
};
