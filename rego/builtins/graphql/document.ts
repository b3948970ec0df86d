import type { Token } from './lexer.ts';
import { describe, graphqlError, tokensOf } from './lexer.ts';

/** A node of a GraphQL document in the JSON form that OPA gives it. Empty lists are left out. */
export interface GraphNode {
  readonly [key: string]:
    | string
    | boolean
    | number
    | GraphNode
    | readonly string[]
    | readonly GraphNode[]
    | undefined;
}

/** Where nodes stand in the source, for messages of the validation. */
export const places = new WeakMap<object, { readonly row: number; readonly col: number }>();

/** OPA's numbers of the kinds of a value. */
const kinds = {
  variable: 0,
  int: 1,
  float: 2,
  string: 3,
  block: 4,
  boolean: 5,
  null: 6,
  enum: 7,
  list: 8,
  object: 9,
} as const;

const DEEPEST = 200;

/** What queries and schemas have in common: values, types, directives. */
export class DocumentParser {
  private readonly tokens: readonly Token[];
  private at = 0;
  private depth = 0;

  constructor(source: string) {
    this.tokens = tokensOf(source);
  }

  protected get token(): Token {
    return this.tokens[this.at] as Token;
  }

  protected next(): Token {
    return this.tokens[this.at + 1] ?? this.token;
  }

  protected advance(): Token {
    const token = this.token;
    if (token.kind !== 'eof') this.at += 1;
    return token;
  }

  protected is(text: string): boolean {
    return this.token.kind === 'punctuator' && this.token.value === text;
  }

  protected isWord(text: string): boolean {
    return this.token.kind === 'name' && this.token.value === text;
  }

  protected take(text: string): boolean {
    if (!this.is(text)) return false;
    this.advance();
    return true;
  }

  protected takeWord(text: string): boolean {
    if (!this.isWord(text)) return false;
    this.advance();
    return true;
  }

  protected expect(text: string): void {
    if (!this.take(text)) this.fail(`Expected ${text}, found ${describe(this.token)}`);
  }

  protected expectWord(text: string): void {
    if (!this.takeWord(text)) this.fail(`Expected "${text}", found ${describe(this.token)}`);
  }

  protected name(): string {
    if (this.token.kind !== 'name') this.fail(`Expected Name, found ${describe(this.token)}`);
    return this.advance().value;
  }

  protected fail(message: string, token: Token = this.token): never {
    throw graphqlError(message, token.row, token.col);
  }

  protected unexpected(token: Token = this.token): never {
    return this.fail(`Unexpected ${describe(token)}`, token);
  }

  /** One or more parts between two marks; none at all without the opening mark. */
  protected some<T>(open: string, close: string, parse: () => T): T[] | undefined {
    if (!this.take(open)) return undefined;
    const parts: T[] = [];
    while (!this.is(close)) parts.push(parse());
    if (parts.length === 0) this.fail(`expected at least one definition, found ${describe(this.token)}`);
    this.advance();
    return parts;
  }

  /** Runs a nested part; what nests too deeply is refused. */
  protected nested<T>(parse: () => T): T {
    this.depth += 1;
    if (this.depth > DEEPEST) this.fail(`nested deeper than ${DEEPEST} levels`);
    const result = parse();
    this.depth -= 1;
    return result;
  }

  /** Remembers where a node stands. */
  protected placed(node: GraphNode, token: Token): GraphNode {
    places.set(node, { row: token.row, col: token.col });
    return node;
  }

  protected directives(isConst: boolean): GraphNode[] | undefined {
    const found: GraphNode[] = [];
    while (this.is('@')) {
      const start = this.token;
      this.advance();
      found.push(this.placed({ Name: this.name(), Arguments: this.arguments(isConst), Location: '' }, start));
    }
    return found.length === 0 ? undefined : found;
  }

  protected arguments(isConst: boolean): GraphNode[] | undefined {
    return this.some('(', ')', () => {
      const start = this.token;
      const name = this.name();
      this.expect(':');
      return this.placed({ Name: name, Value: this.value(isConst) }, start);
    });
  }

  protected value(isConst: boolean): GraphNode {
    return this.nested(() => {
      const start = this.token;
      const made = (kind: keyof typeof kinds, raw: string, children?: readonly GraphNode[]): GraphNode =>
        this.placed(
          {
            Raw: raw,
            Kind: kinds[kind],
            Children: children === undefined || children.length === 0 ? undefined : children,
            ExpectedTypeHasDefault: false,
          },
          start,
        );
      if (this.take('[')) {
        const items: GraphNode[] = [];
        while (!this.take(']')) items.push({ Name: '', Value: this.value(isConst) });
        return made('list', '', items);
      }
      if (this.take('{')) {
        const fields: GraphNode[] = [];
        while (!this.take('}')) {
          const name = this.name();
          this.expect(':');
          fields.push({ Name: name, Value: this.value(isConst) });
        }
        return made('object', '', fields);
      }
      if (this.is('$')) {
        if (isConst) this.unexpected();
        this.advance();
        return made('variable', this.name());
      }
      const token = this.token;
      if (token.kind === 'punctuator' || token.kind === 'eof') this.unexpected();
      this.advance();
      if (token.kind !== 'name') return made(token.kind, token.value);
      if (token.value === 'true' || token.value === 'false') return made('boolean', token.value);
      return made(token.value === 'null' ? 'null' : 'enum', token.value);
    });
  }

  protected type(): GraphNode {
    return this.nested(() => {
      const start = this.token;
      if (this.take('[')) {
        const element = this.type();
        this.expect(']');
        return this.placed({ NamedType: '', Elem: element, NonNull: this.take('!') }, start);
      }
      const name = this.name();
      return this.placed({ NamedType: name, NonNull: this.take('!') }, start);
    });
  }
}
