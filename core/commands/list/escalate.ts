import { always, type CommandDefinition, onlyReason } from '../definition.ts';

export const escalateCommand: CommandDefinition<'escalate'> = {
  name: 'escalate',
  usage: '/escalate [reason]',
  summary: 'Calls the people on call: posts the escalation request and tells the notification targets',
  details: 'Nothing about the release changes.',
  examples: ['/escalate the judge waits for traffic since an hour'],
  places: ['release'],
  permission: 'hold',
  changes: always,
  freeText: true,
  parse: onlyReason((reason) => ({ name: 'escalate', reason })),
};
