import { tokens } from '../sql/lexer.ts';
import type { Rule } from './rule.ts';

/** NAMEDATALEN - 1 of every released build of Postgres, bytes. */
const limit = 63;

export const identifierTooLong: Rule = {
  name: 'identifier-too-long',
  level: 'warning',
  danger: 'Postgres cuts names at 63 bytes with a notice that nobody reads; two long names can become one.',
  *check(script) {
    const text = Buffer.from(script.text.buffer, script.text.byteOffset, script.text.byteLength);
    if (!mayHoldLongName(script.text)) return;
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

/** 1 for each byte that ends a bare name: blanks, quotes, commas, parentheses, semicolons. */
const breaks = new Uint8Array(256);
for (const byte of [9, 10, 13, 32, ...Buffer.from('"\'(),;')]) breaks[byte] = 1;

/** A quick look before the lexer: is there a run of more bytes than a name may have, bare or in quotes? */
function mayHoldLongName(text: Uint8Array): boolean {
  let run = 0;
  let quoted = -1;
  for (let at = 0; at < text.length; at++) {
    const byte = text[at] ?? 0;
    run = breaks[byte] === 1 ? 0 : run + 1;
    if (run > limit) return true;
    if (byte === 34) quoted = quoted < 0 ? 0 : -1;
    else if (quoted >= 0 && ++quoted > limit) return true;
  }
  return false;
}
