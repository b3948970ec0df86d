import type { ReleaseCommand } from '../../flow/event.ts';
import { type CommandDefinition, good, parseReason } from '../definition.ts';

type Hold = Extract<ReleaseCommand, { name: 'hold' }>;

export const holdCommand: CommandDefinition<Hold> = {
  name: 'hold',
  usage: '/hold [reason]',
  summary: 'Stops every promotion until `/resume`; measuring and automatic rollback go on',
  permission: 'hold',
  changes: true,
  freeText: true,
  parse: (_words, text) => good({ name: 'hold', reason: parseReason(text) }),
};
