import { tokens } from '../sql/lexer.ts';
import type { Rule } from './rule.ts';

/** NAMEDATALEN - 1 of every released build of Postgres, bytes. */
const limit = 63;
const longRun = /[^\s'",;()]{64}/;

export const identifierTooLong: Rule = {
  name: 'identifier-too-long',
  level: 'warning',
  danger: 'Postgres cuts names at 63 bytes with a notice that nobody reads; two long names can become one.',
  *check(script) {
    const text = Buffer.from(script.text.buffer, script.text.byteOffset, script.text.byteLength);
    if (!longRun.test(text.toString('latin1')) && !text.toString('latin1').match(/"[^"]{64,}"/)) return;
    for (const token of tokens(script.text)) {
      if (token.kind !== 'identifier' && token.kind !== 'quoted-identifier') continue;
      const quotes = token.kind === 'quoted-identifier' ? 1 : 0;
      const name = text.toString('utf8', token.start + quotes, token.end - quotes).replaceAll('""', '"');
      const length = Buffer.byteLength(name);
      if (length <= limit) continue;
      yield {
        at: token.start,
        message: `The name \`${name}\` has ${length} bytes; Postgres keeps the first ${limit} and drops the rest.`,
        help: `Choose a name of at most ${limit} bytes.`,
      };
    }
  },
};
