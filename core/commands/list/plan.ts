import { type CommandDefinition, never, noArguments } from '../definition.ts';

export const planCommand: CommandDefinition<'plan'> = {
  name: 'plan',
  usage: '/plan',
  summary: 'Shows what will be done, step by step, and what is checked before',
  details: 'On a pull request: what a merge needs.',
  examples: ['/plan'],
  places: ['release', 'pull request'],
  permission: { roles: [] },
  changes: never,
  freeText: false,
  parse: noArguments({ name: 'plan' }),
};
