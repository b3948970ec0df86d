import { always, type CommandDefinition, onlyReason } from '../definition.ts';

export const unblockCommand: CommandDefinition<'unblock'> = {
  name: 'unblock',
  usage: '/unblock [reason]',
  summary: 'Says that the failed release which blocks every promotion is resolved',
  details:
    'In the issue of the failed release it is the same as resuming it; in the issue of a later release it resolves the failure that stands in the way of that one.',
  examples: ['/unblock fixed by #412'],
  places: ['release'],
  permission: 'hold',
  changes: always,
  freeText: true,
  parse: onlyReason((reason) => ({ name: 'unblock', reason })),
};
