/** A piece of SQL text, in byte offsets; white space and single characters are not reported. */
export interface Token {
  readonly kind: 'comment' | 'string' | 'identifier' | 'quoted-identifier' | 'semicolon';
  readonly start: number;
  readonly end: number;
}

const code = (character: string): number => character.charCodeAt(0);
const [dash, slash, star, single, double, dollar, newline, backslash, semicolon] = [...'-/*\'"$\n\\;'].map(
  code,
) as [number, number, number, number, number, number, number, number, number];

/**
 * The tokens of a text by Postgres' lexical rules: `--` and nested block comments, standard, escape and
 * dollar-quoted strings, identifiers. The grammar itself is the parser's; this serves what the parse tree does not
 * keep: comments, the full length of names, and where a text that does not parse could be cut. Linear.
 */
export function* tokens(text: Uint8Array): Generator<Token> {
  let at = 0;
  while (at < text.length) {
    const byte = text[at] ?? 0;
    const start = at;
    if (byte === dash && text[at + 1] === dash) {
      at = endOfLine(text, at);
      yield { kind: 'comment', start, end: at };
    } else if (byte === slash && text[at + 1] === star) {
      at = endOfBlockComment(text, at);
      yield { kind: 'comment', start, end: at };
    } else if (byte === single) {
      at = endOfQuoted(text, at, single, false);
      yield { kind: 'string', start, end: at };
    } else if (byte === double) {
      at = endOfQuoted(text, at, double, false);
      yield { kind: 'quoted-identifier', start, end: at };
    } else if (byte === dollar && endOfDollarTag(text, at) > 0) {
      at = endOfDollarQuoted(text, at);
      yield { kind: 'string', start, end: at };
    } else if (isNameStart(byte)) {
      at = endOfName(text, at);
      const escapes = at - start === 1 && (byte === code('e') || byte === code('E')) && text[at] === single;
      if (escapes) at = endOfQuoted(text, at, single, true);
      yield { kind: escapes ? 'string' : 'identifier', start, end: at };
    } else {
      at++;
      if (byte === semicolon) yield { kind: 'semicolon', start, end: at };
    }
  }
}

function isNameStart(byte: number): boolean {
  return (byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90) || byte === 95 || byte >= 128;
}

function endOfName(text: Uint8Array, from: number): number {
  let at = from;
  while (at < text.length) {
    const byte = text[at] ?? 0;
    if (!isNameStart(byte) && !(byte >= 48 && byte <= 57) && byte !== dollar) break;
    at++;
  }
  return at;
}

function endOfLine(text: Uint8Array, from: number): number {
  const found = text.indexOf(newline, from);
  return found < 0 ? text.length : found;
}

function endOfBlockComment(text: Uint8Array, from: number): number {
  let depth = 0;
  let at = from;
  while (at < text.length) {
    if (text[at] === slash && text[at + 1] === star) {
      depth++;
      at += 2;
    } else if (text[at] === star && text[at + 1] === slash) {
      depth--;
      at += 2;
      if (depth === 0) return at;
    } else at++;
  }
  return text.length;
}

function endOfQuoted(text: Uint8Array, from: number, quote: number, escapes: boolean): number {
  let at = from + 1;
  while (at < text.length) {
    if (escapes && text[at] === backslash) at += 2;
    else if (text[at] !== quote) at++;
    else if (text[at + 1] === quote) at += 2;
    else return at + 1;
  }
  return text.length;
}

/** Position behind `$tag$`, or 0 when this dollar sign starts no dollar quote. */
function endOfDollarTag(text: Uint8Array, from: number): number {
  let at = from + 1;
  if (isNameStart(text[at] ?? 0)) {
    while (at < text.length && text[at] !== dollar && endOfName(text, at) > at) at++;
  }
  return text[at] === dollar ? at + 1 : 0;
}

function endOfDollarQuoted(text: Uint8Array, from: number): number {
  const open = endOfDollarTag(text, from);
  const tag = Buffer.from(text.buffer, text.byteOffset + from, open - from);
  const close = Buffer.from(text.buffer, text.byteOffset, text.byteLength).indexOf(tag, open);
  return close < 0 ? text.length : close + tag.length;
}
