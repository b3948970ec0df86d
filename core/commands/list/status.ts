import type { ReleaseCommand } from '../../flow/event.ts';
import { type CommandDefinition, noArguments } from '../definition.ts';

type Status = Extract<ReleaseCommand, { name: 'status' }>;

export const statusCommand: CommandDefinition<Status> = {
  name: 'status',
  usage: '/status',
  summary: 'Shows where the release stands and what it waits for',
  permission: 'everybody',
  changes: false,
  freeText: false,
  parse: noArguments({ name: 'status' }),
};
