import { always, type CommandDefinition, onlyReason } from '../definition.ts';

export const abortCommand: CommandDefinition<'abort'> = {
  name: 'abort',
  usage: '/abort [reason]',
  summary:
    'Ends a release that is not GA yet: without production traffic it stops, with traffic it goes back first',
  details:
    'An aborted release is never taken up again: tag a new version. To stop for a while, hold it instead.',
  examples: ['/abort wrong changelog'],
  places: ['release'],
  permission: 'rollback',
  changes: always,
  freeText: true,
  parse: onlyReason((reason) => ({ name: 'abort', reason })),
};
