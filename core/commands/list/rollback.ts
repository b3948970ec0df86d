import type { ReleaseCommand } from '../../flow/event.ts';
import { type CommandDefinition, good, parseReason } from '../definition.ts';

type Rollback = Extract<ReleaseCommand, { name: 'rollback' }>;

/** A reason is welcome but never demanded: whoever rolls back is in a hurry. */
export const rollbackCommand: CommandDefinition<Rollback> = {
  name: 'rollback',
  usage: '/rollback [reason]',
  summary: 'Gives all production traffic back to the last verified version; works while held or frozen',
  permission: 'rollback',
  changes: true,
  freeText: true,
  parse: (_words, text) => good({ name: 'rollback', reason: parseReason(text) }),
};
