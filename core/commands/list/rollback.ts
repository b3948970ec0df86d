import { always, type CommandDefinition, onlyReason } from '../definition.ts';

export const rollbackCommand: CommandDefinition<'rollback'> = {
  name: 'rollback',
  usage: '/rollback [reason]',
  summary: 'Gives all production traffic back to the last verified version; works while held or frozen',
  details:
    'A reason is welcome but never demanded: whoever rolls back is in a hurry. Nothing that waits for an approval stands in its way. After GA it works for `observe_after_ga`.',
  examples: ['/rollback', '/rollback checkout answers 500'],
  places: ['release'],
  permission: 'rollback',
  changes: always,
  freeText: true,
  parse: onlyReason((reason) => ({ name: 'rollback', reason })),
};
