import type { ReleaseCommand } from '../../flow/event.ts';
import { type CommandDefinition, noArguments } from '../definition.ts';

type Resume = Extract<ReleaseCommand, { name: 'resume' }>;

export const resumeCommand: CommandDefinition<Resume> = {
  name: 'resume',
  usage: '/resume',
  summary:
    'Ends a hold; a failed stage is tried again; after a rollback it says that the failure is resolved',
  permission: 'hold',
  changes: true,
  freeText: false,
  parse: noArguments({ name: 'resume' }),
};
