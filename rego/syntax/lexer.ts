import { RegoError } from '../errors.ts';

export type TokenKind =
  | 'ident'
  | 'number'
  | 'string'
  | 'rawString'
  | 'template'
  | 'rawTemplate'
  | 'symbol'
  | 'eof';

/** One token. `text` is the source text; `value` the decoded text of a string. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
  /** A newline stands between this token and the one before it. */
  readonly newline: boolean;
}

export interface RawComment {
  readonly start: number;
  readonly text: string;
}

const symbols = [
  ':=',
  '==',
  '!=',
  '<=',
  '>=',
  '{',
  '}',
  '[',
  ']',
  '(',
  ')',
  ',',
  ';',
  ':',
  '.',
  '=',
  '<',
  '>',
];
const operators = ['+', '-', '*', '/', '%', '|', '&'];
const allSymbols = [...symbols, ...operators];
const identifier = /[A-Za-z_][A-Za-z0-9_]*/y;
const number = /(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

/**
 * Reads tokens on demand: the parser asks for the token at an offset, so it can read the inside of a template
 * string with the same grammar.
 */
export class Lexer {
  readonly file: string;
  readonly source: string;
  readonly comments: RawComment[] = [];
  private readonly rows: readonly number[];

  constructor(file: string, source: string) {
    this.file = file;
    this.source = source;
    const rows = [0];
    for (let at = source.indexOf('\n'); at !== -1; at = source.indexOf('\n', at + 1)) rows.push(at + 1);
    this.rows = rows;
  }

  /** Row and column of an offset. */
  position(offset: number): { row: number; col: number } {
    let low = 0;
    let high = this.rows.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.rows[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { row: low + 1, col: offset - (this.rows[low] ?? 0) + 1 };
  }

  fail(offset: number, message: string): never {
    throw new RegoError('rego_parse_error', message, { file: this.file, ...this.position(offset) });
  }

  /** The token that starts at or after `offset`. */
  read(offset: number): Token {
    const { at, newline } = this.skip(offset);
    const source = this.source;
    const token = (kind: TokenKind, end: number, value = ''): Token => ({
      kind,
      text: source.slice(at, end),
      value,
      start: at,
      end,
      newline,
    });
    const c = source[at];
    if (c === undefined) return token('eof', at);
    identifier.lastIndex = at;
    if (identifier.test(source)) return token('ident', identifier.lastIndex);
    if (c >= '0' && c <= '9') return this.number(at, token);
    if (c === '"') {
      const end = this.endOfString(at + 1);
      return token('string', end, this.unescape(source.slice(at + 1, end - 1), at));
    }
    if (c === '`') {
      const end = this.endOfRaw(at + 1);
      return token('rawString', end, source.slice(at + 1, end - 1));
    }
    if (c === '$' && source[at + 1] === '"') return token('template', at + 2);
    if (c === '$' && source[at + 1] === '`') return token('rawTemplate', at + 2);
    for (const symbol of allSymbols)
      if (source.startsWith(symbol, at)) return token('symbol', at + symbol.length);
    return this.fail(at, `illegal token: unexpected character ${JSON.stringify(c)}`);
  }

  /** Past white space and comments. */
  private skip(offset: number): { at: number; newline: boolean } {
    const source = this.source;
    let at = offset;
    let newline = false;
    for (;;) {
      const c = source[at];
      if (c === '\n') {
        newline = true;
        at += 1;
      } else if (c === ' ' || c === '\t' || c === '\r' || c === '\ufeff') {
        at += 1;
      } else if (c === '#') {
        const end = source.indexOf('\n', at);
        const stop = end === -1 ? source.length : end;
        this.noteComment(at, source.slice(at, stop));
        at = stop;
      } else {
        return { at, newline };
      }
    }
  }

  private noteComment(start: number, text: string): void {
    const last = this.comments.at(-1);
    if (last === undefined || last.start < start)
      this.comments.push({ start, text: text.replace(/\r$/, '') });
  }

  private number(at: number, token: (kind: TokenKind, end: number) => Token): Token {
    number.lastIndex = at;
    number.test(this.source);
    const end = number.lastIndex;
    const next = this.source[end];
    if (next !== undefined && /[A-Za-z0-9_]/.test(next)) this.fail(at, 'illegal number format');
    return token('number', end);
  }

  private endOfString(from: number): number {
    for (let at = from; ; at += 1) {
      const c = this.source[at];
      if (c === undefined || c === '\n') this.fail(from - 1, 'non-terminated string');
      if (c === '\\') at += 1;
      else if (c === '"') return at + 1;
    }
  }

  private endOfRaw(from: number): number {
    const end = this.source.indexOf('`', from);
    if (end === -1) this.fail(from - 1, 'non-terminated raw string');
    return end + 1;
  }

  /** Decodes the escapes of a JSON string. */
  unescape(raw: string, at: number): string {
    if (!raw.includes('\\') && !hasControlCharacter(raw)) return raw;
    try {
      return JSON.parse(`"${raw}"`) as string;
    } catch {
      return this.fail(at, 'illegal string literal: invalid escape sequence');
    }
  }
}

function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) < 0x20) return true;
  return false;
}
