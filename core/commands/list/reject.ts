import { always, type CommandDefinition, onlyReason } from '../definition.ts';

export const rejectCommand: CommandDefinition<'reject'> = {
  name: 'reject',
  usage: '/reject [reason]',
  summary: 'Refuses the command that waits for an approval or a confirmation; it has to be written anew',
  details: 'Whoever wrote the command may take it back this way too.',
  examples: ['/reject not before the campaign ends'],
  places: ['release'],
  permission: 'promote',
  changes: always,
  freeText: true,
  parse: onlyReason((reason) => ({ name: 'reject', reason })),
};
