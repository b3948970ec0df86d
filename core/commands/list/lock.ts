import { parseDuration } from '../../config/duration.ts';
import type { ReleaseCommand } from '../../flow/event.ts';
import { bad, type CommandDefinition, good, parseReason } from '../definition.ts';

type Lock = Extract<ReleaseCommand, { name: 'lock' }>;

/** The first word is the lock's life when it looks like a duration: `/lock 2h load test`. */
export const lockCommand: CommandDefinition<Lock> = {
  name: 'lock',
  usage: '/lock [duration] [reason]',
  summary: 'Keeps everybody else from promoting to production, in any release, until it expires or `/unlock`',
  permission: 'hold',
  changes: true,
  freeText: true,
  parse: ([first = '', ...rest], text) => {
    const ttl = parseDuration(first);
    if (ttl === null) return good({ name: 'lock', ttl: null, reason: parseReason(text) });
    if (ttl < 60_000) return bad('BAD_ARGUMENT', 'a lock lives for at least a minute, e.g. `/lock 2h`');
    return good({ name: 'lock', ttl, reason: parseReason(rest.join(' ')) });
  },
};
