import { BuiltinError } from '../builtin.ts';

export type TokenKind = 'punctuator' | 'name' | 'int' | 'float' | 'string' | 'block' | 'eof';

export interface Token {
  readonly kind: TokenKind;
  /** The source text; for strings, what they denote. */
  readonly value: string;
  readonly row: number;
  readonly col: number;
}

/** A syntax error of GraphQL, placed as OPA places it. */
export function graphqlError(message: string, row: number, col: number): BuiltinError {
  return new BuiltinError(`${message} in GraphQL string at location ${row}:${col}`);
}

const ignored = /(?:[\s,\ufeff]|#[^\n\r]*)*/y;
const name = /[_A-Za-z][_0-9A-Za-z]*/y;
const number = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const block = /"""((?:\\"""|[\s\S])*?)"""/y;
const string = /"((?:[^"\\\n\r]|\\u[0-9A-Fa-f]{4}|\\["\\/bfnrt])*)"/y;
const punctuator = /\.\.\.|[!$&()=:@[\]{|}]/y;

/** All tokens of a document, the end of it last. */
export function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let row = 1;
  let lineStart = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(source);
  };
  const advance = (text: string): void => {
    for (let i = text.indexOf('\n'); i !== -1; i = text.indexOf('\n', i + 1)) {
      row += 1;
      lineStart = at + i + 1;
    }
    at += text.length;
  };
  for (;;) {
    advance(take(ignored)?.[0] ?? '');
    const place = { row, col: at - lineStart + 1 };
    const push = (kind: TokenKind, value: string, text: string, colShift = 0): void => {
      tokens.push({ kind, value, row: place.row, col: place.col + colShift });
      advance(text);
    };
    if (at >= source.length) {
      tokens.push({ kind: 'eof', value: '', ...place });
      return tokens;
    }
    const word = take(name);
    const mark = word === null ? take(punctuator) : null;
    const figure = word === null && mark === null ? take(number) : null;
    // Strings are placed one column to the right, at their first character.
    const long = take(block);
    if (long === null && source.startsWith('"""', at)) throw unendedBlock(source, at, row);
    const short = long === null ? take(string) : null;
    if (word !== null) push('name', word[0], word[0]);
    else if (mark !== null) push('punctuator', mark[0], mark[0]);
    else if (figure !== null)
      push(figure[1] === undefined && figure[2] === undefined ? 'int' : 'float', figure[0], figure[0]);
    else if (long !== null) push('block', blockValue(long[1] ?? ''), long[0], 1);
    else if (short !== null) push('string', JSON.parse(`"${short[1] ?? ''}"`) as string, short[0], 1);
    else
      throw graphqlError(
        `Cannot parse the unexpected character ${JSON.stringify(source[at])}.`,
        row,
        place.col,
      );
  }
}

/** A block string that never ends is placed where the text ends. */
function unendedBlock(source: string, at: number, row: number): BuiltinError {
  const lines = source.slice(at).split(/\r\n|[\n\r]/);
  return graphqlError('Unexpected <Invalid>', row + lines.length - 1, (lines.at(-1)?.length ?? 0) + 1);
}

/** The value of a block string: common indentation and blank lines at the ends removed. */
function blockValue(raw: string): string {
  const lines = raw.replaceAll('\\"""', '"""').split(/\r\n|[\n\r]/);
  const indents = lines
    .slice(1)
    .flatMap((line) => (line.trim() === '' ? [] : [line.length - line.trimStart().length]));
  const indent = indents.length === 0 ? 0 : Math.min(...indents);
  const cut = lines.map((line, i) => (i === 0 ? line : line.slice(indent)));
  while (cut.length > 0 && (cut[0] ?? '').trim() === '') cut.shift();
  while (cut.length > 0 && (cut.at(-1) ?? '').trim() === '') cut.pop();
  return cut.join('\n');
}

/** A token as messages show it. */
export function describe({ kind, value }: Token): string {
  switch (kind) {
    case 'eof':
      return '<EOF>';
    case 'punctuator':
      return value;
    case 'name':
      return `Name ${JSON.stringify(value)}`;
    case 'int':
      return `Int ${JSON.stringify(value)}`;
    case 'float':
      return `Float ${JSON.stringify(value)}`;
    case 'string':
      return `String ${JSON.stringify(value)}`;
    case 'block':
      return `BlockString ${JSON.stringify(value)}`;
  }
}
