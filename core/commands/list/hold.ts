import { always, type CommandDefinition, onlyReason } from '../definition.ts';

export const holdCommand: CommandDefinition<'hold'> = {
  name: 'hold',
  usage: '/hold [reason]',
  summary: 'Stops every promotion until `/resume`; measuring and automatic rollback go on',
  details:
    'What was asked for and still waits for an approval is not promoted either while the release is held.',
  examples: ['/hold waiting for the data team'],
  places: ['release'],
  permission: 'hold',
  changes: always,
  freeText: true,
  parse: onlyReason((reason) => ({ name: 'hold', reason })),
};
