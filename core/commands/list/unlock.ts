import type { ReleaseCommand } from '../../flow/event.ts';
import { type CommandDefinition, noArguments } from '../definition.ts';

type Unlock = Extract<ReleaseCommand, { name: 'unlock' }>;

export const unlockCommand: CommandDefinition<Unlock> = {
  name: 'unlock',
  usage: '/unlock',
  summary: 'Takes the lock of the production environment off, whoever set it',
  permission: 'hold',
  changes: true,
  freeText: false,
  parse: noArguments({ name: 'unlock' }),
};
