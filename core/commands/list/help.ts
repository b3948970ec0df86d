import type { ReleaseCommand } from '../../flow/event.ts';
import { type CommandDefinition, noArguments } from '../definition.ts';

type Help = Extract<ReleaseCommand, { name: 'help' }>;

export const helpCommand: CommandDefinition<Help> = {
  name: 'help',
  usage: '/help',
  summary: 'Lists the commands',
  permission: 'everybody',
  changes: false,
  freeText: false,
  parse: noArguments({ name: 'help' }),
};
