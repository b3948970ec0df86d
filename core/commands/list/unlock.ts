import { always, type CommandDefinition, noArguments } from '../definition.ts';

export const unlockCommand: CommandDefinition<'unlock'> = {
  name: 'unlock',
  usage: '/unlock',
  summary: 'Takes the lock of the production environment off, whoever set it',
  details: 'The audit log keeps who locked and who unlocked.',
  examples: ['/unlock'],
  places: ['release'],
  permission: 'hold',
  changes: always,
  freeText: false,
  parse: noArguments({ name: 'unlock' }),
};
