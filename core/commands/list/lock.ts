import { parseDuration } from '../../config/duration.ts';
import { always, bad, type CommandDefinition, good, parseReason } from '../definition.ts';

/** The first word is the lock's life when it looks like a duration: `/lock 2h load test`. */
export const lockCommand: CommandDefinition<'lock'> = {
  name: 'lock',
  usage: '/lock [duration] [reason]',
  summary: 'Keeps everybody else from promoting to production, in any release, until it expires or `/unlock`',
  details:
    'A lock always ends: by its duration, at the latest after `release.lock_ttl`, and with the release in whose issue it was taken. Rollback and hold work for everybody as before.',
  examples: ['/lock', '/lock 2h load test'],
  places: ['release'],
  permission: 'hold',
  changes: always,
  freeText: true,
  parse: ({ words: [first = '', ...rest], text, reason }) => {
    const ttl = parseDuration(first);
    const why = (bare: string): string => parseReason(bare === '' ? reason : bare);
    if (ttl === null) return good({ name: 'lock', ttl: null, reason: why(text) });
    if (ttl < 60_000) return bad('BAD_ARGUMENT', 'a lock lives for at least a minute, e.g. `/lock 2h`');
    return good({ name: 'lock', ttl, reason: why(rest.join(' ')) });
  },
};
