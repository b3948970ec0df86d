import { serverAccess } from '../sql/server-access.ts';
import type { Rule } from './rule.ts';

export const banServerAccess: Rule = {
  name: 'ban-server-access',
  level: 'error',
  danger:
    'A migration that runs programs, reads files or changes the server acts with the rights of the machine.',
  *check(script) {
    for (const { at, what } of serverAccess(script)) {
      // squawk's `ban-drop-database` names that one.
      if (what === 'DROP DATABASE') continue;
      yield {
        at,
        message: `${what} reaches out of the database to the machine it runs on, or to all databases of the server.`,
        help: 'Send data through the connection (COPY … FROM STDIN), and change the server where it is configured.',
      };
    }
  },
};
