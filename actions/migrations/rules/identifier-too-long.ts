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
  return hasLongRun(text) || (text.includes(34) && hasLongQuoted(text));
}

/** From the end of each window backwards: where the last break is, the next window begins. */
function hasLongRun(text: Uint8Array): boolean {
  let start = 0;
  while (start + limit < text.length) {
    let at = start + limit;
    while (at >= start && breaks[text[at] ?? 0] === 0) at--;
    if (at < start) return true;
    start = at + 1;
  }
  return false;
}

function hasLongQuoted(text: Uint8Array): boolean {
  let open = text.indexOf(34);
  while (open >= 0) {
    const close = text.indexOf(34, open + 1);
    if (close < 0 || close - open - 1 > limit) return true;
    open = text.indexOf(34, close + 1);
  }
  return false;
}
