import { type Location, RegoError } from '../errors.ts';
import { Lexer, type Token } from './lexer.ts';

/** Words that cannot name a variable. Directly before a dot they are ordinary names: `not.foo`. */
export const keywords: ReadonlySet<string> = new Set([
  'as',
  'contains',
  'default',
  'else',
  'every',
  'false',
  'if',
  'import',
  'in',
  'not',
  'null',
  'package',
  'some',
  'true',
  'with',
]);

/** Keywords that a module asks for with `import future.keywords.…`; `not` then negates whole expressions. */
export const optionalKeywords = ['and', 'not', 'or'] as const;
export type OptionalKeyword = (typeof optionalKeywords)[number];

const DEEPEST = 250;

/** A position in the token stream, with the questions and steps that the grammar is made of. */
export class Cursor {
  protected readonly lexer: Lexer;
  protected token: Token;
  /** Where the token before the current one ended. */
  protected previousEnd = 0;
  protected readonly active = new Set<OptionalKeyword>();
  private depth = 0;

  constructor(file: string, source: string) {
    this.lexer = new Lexer(file, source);
    this.token = this.lexer.read(0);
  }

  protected get file(): string {
    return this.lexer.file;
  }

  protected here(): Location {
    return this.locate(this.token.start);
  }

  protected locate(offset: number): Location {
    const { row, col } = this.lexer.position(offset);
    return { file: this.file, row, col };
  }

  protected advance(): Token {
    const token = this.token;
    this.previousEnd = token.end;
    this.token = this.lexer.read(token.end);
    return token;
  }

  /** Goes to an offset of the source. */
  protected jump(offset: number): void {
    this.previousEnd = offset;
    this.token = this.lexer.read(offset);
  }

  protected atEnd(): boolean {
    return this.token.kind === 'eof';
  }

  protected isSymbol(text: string): boolean {
    return this.token.kind === 'symbol' && this.token.text === text;
  }

  protected takeSymbol(text: string): boolean {
    if (!this.isSymbol(text)) return false;
    this.advance();
    return true;
  }

  protected expectSymbol(text: string, why: string): Token {
    if (!this.isSymbol(text)) this.unexpected(why);
    return this.advance();
  }

  /** True when the current token is this keyword and is not used as a name. */
  protected isKeyword(word: string): boolean {
    return this.token.kind === 'ident' && this.token.text === word && !this.dotFollows();
  }

  protected takeKeyword(word: string): boolean {
    if (!this.isKeyword(word)) return false;
    this.advance();
    return true;
  }

  protected isName(): boolean {
    return this.token.kind === 'ident' && (!this.isReserved(this.token.text) || this.dotFollows());
  }

  private isReserved(word: string): boolean {
    return keywords.has(word) || this.active.has(word as OptionalKeyword);
  }

  /** `contains`, `and` and `or` are keywords that are names of built-ins too. */
  protected isCallOfKeyword(): boolean {
    return (
      this.token.kind === 'ident' &&
      /^(?:contains|and|or)$/.test(this.token.text) &&
      this.lexer.source[this.token.end] === '('
    );
  }

  /** No white space stands between the current token and the one before it. */
  protected adjacent(): boolean {
    return this.token.start === this.previousEnd;
  }

  private dotFollows(): boolean {
    return this.lexer.source[this.token.end] === '.';
  }

  /** Refuses what nests too deeply to be meant. */
  protected nested<T>(parse: () => T): T {
    this.depth += 1;
    if (this.depth > DEEPEST) this.fail(`nested deeper than ${DEEPEST} levels`);
    try {
      return parse();
    } finally {
      this.depth -= 1;
    }
  }

  protected fail(message: string, location: Location = this.here()): never {
    throw new RegoError('rego_parse_error', message, location);
  }

  protected unexpected(why: string): never {
    return this.fail(`unexpected ${describe(this.token, (word) => this.isReserved(word))} token: ${why}`);
  }
}

/** A token as OPA's messages call it. */
function describe(token: Token, isReserved: (word: string) => boolean): string {
  switch (token.kind) {
    case 'eof':
      return 'eof';
    case 'ident':
      return isReserved(token.text) ? `${token.text} keyword` : `identifier ("${token.text}")`;
    case 'number':
      return 'number';
    case 'string':
    case 'rawString':
      return 'string';
    case 'template':
    case 'rawTemplate':
      return 'template-string';
    case 'symbol':
      return token.text;
  }
}
