import { always, type CommandDefinition, noArguments } from '../definition.ts';

export const resumeCommand: CommandDefinition<'resume'> = {
  name: 'resume',
  usage: '/resume',
  summary:
    'Ends a hold; a failed stage is tried again; after a rollback it says that the failure is resolved',
  details: 'Settle the reason of the hold first; the status names it.',
  examples: ['/resume'],
  places: ['release'],
  permission: 'hold',
  changes: always,
  freeText: false,
  parse: noArguments({ name: 'resume' }),
};
