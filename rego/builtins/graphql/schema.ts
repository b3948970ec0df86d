import { DocumentParser, type GraphNode } from './document.ts';

/** Parses type definitions and their extensions. */
export function parseGraphqlSchema(source: string): GraphNode {
  return new SchemaParser(source).document();
}

const definitionKinds: Readonly<Record<string, string>> = {
  scalar: 'SCALAR',
  type: 'OBJECT',
  interface: 'INTERFACE',
  union: 'UNION',
  enum: 'ENUM',
  input: 'INPUT_OBJECT',
};

/** Where a directive may stand (GraphQL specification, 3.13). */
const directiveLocations: ReadonlySet<string> = new Set([
  'QUERY',
  'MUTATION',
  'SUBSCRIPTION',
  'FIELD',
  'FRAGMENT_DEFINITION',
  'FRAGMENT_SPREAD',
  'INLINE_FRAGMENT',
  'VARIABLE_DEFINITION',
  'SCHEMA',
  'SCALAR',
  'OBJECT',
  'FIELD_DEFINITION',
  'ARGUMENT_DEFINITION',
  'INTERFACE',
  'UNION',
  'ENUM',
  'ENUM_VALUE',
  'INPUT_OBJECT',
  'INPUT_FIELD_DEFINITION',
]);

class SchemaParser extends DocumentParser {
  document(): GraphNode {
    const lists = {
      Schema: [] as GraphNode[],
      SchemaExtension: [] as GraphNode[],
      Directives: [] as GraphNode[],
      Definitions: [] as GraphNode[],
      Extensions: [] as GraphNode[],
    };
    while (this.token.kind !== 'eof') {
      const start = this.token;
      const hasDescription = start.kind === 'string' || start.kind === 'block';
      const description = hasDescription ? this.advance().value : '';
      if (this.isWord('extend')) {
        if (hasDescription) this.unexpected(start);
        this.advance();
        if (this.isWord('schema')) lists.SchemaExtension.push(this.schema('', true));
        else lists.Extensions.push(this.definition('', true));
      } else if (this.isWord('schema')) {
        lists.Schema.push(this.schema(description, false));
      } else if (this.isWord('directive')) {
        lists.Directives.push(this.directive(description));
      } else {
        lists.Definitions.push(this.definition(description, false));
      }
    }
    return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
  }

  private schema(description: string, isExtension: boolean): GraphNode {
    const start = this.advance();
    const directives = this.directives(true);
    if (isExtension && directives === undefined && !this.is('{')) this.unexpected();
    if (!isExtension && !this.is('{')) this.expect('{');
    const operations = this.some('{', '}', () => {
      const operation = this.name();
      this.expect(':');
      return { Operation: operation, Type: this.type().NamedType as string };
    });
    return this.placed(
      { Description: description, Directives: directives, OperationTypes: operations },
      start,
    );
  }

  private definition(description: string, isExtension: boolean): GraphNode {
    const start = this.token;
    const kind =
      start.kind === 'name' && Object.hasOwn(definitionKinds, start.value)
        ? definitionKinds[start.value]
        : undefined;
    if (kind === undefined) this.unexpected();
    this.advance();
    const name = this.name();
    const interfaces = kind === 'OBJECT' || kind === 'INTERFACE' ? this.interfaces() : undefined;
    const directives = this.directives(true);
    const parts = this.parts(kind);
    const isEmpty =
      interfaces === undefined &&
      directives === undefined &&
      Object.values(parts).every((part) => part === undefined);
    if (isExtension && isEmpty) this.unexpected();
    return this.placed(
      {
        Kind: kind,
        Description: description,
        Name: name,
        Directives: directives,
        Interfaces: interfaces,
        ...parts,
        BuiltIn: false,
      },
      start,
    );
  }

  private parts(kind: string): GraphNode {
    switch (kind) {
      case 'OBJECT':
      case 'INTERFACE':
        return { Fields: this.some('{', '}', () => this.field()) };
      case 'INPUT_OBJECT':
        return { Fields: this.some('{', '}', () => this.inputValue()) };
      case 'ENUM':
        return { EnumValues: this.some('{', '}', () => this.enumValue()) };
      case 'UNION':
        return { Types: this.take('=') ? this.names('|') : undefined };
      default:
        return {};
    }
  }

  private interfaces(): string[] | undefined {
    return this.takeWord('implements') ? this.names('&') : undefined;
  }

  /** Names with a mark between them, and perhaps one before the first. */
  private names(mark: string, next: () => string = () => this.name()): string[] {
    this.take(mark);
    const names = [next()];
    while (this.take(mark)) names.push(next());
    return names;
  }

  private location(): string {
    if (this.token.kind === 'name' && !directiveLocations.has(this.token.value)) this.unexpected();
    return this.name();
  }

  private description(): string {
    return this.token.kind === 'string' || this.token.kind === 'block' ? this.advance().value : '';
  }

  private field(): GraphNode {
    const description = this.description();
    const start = this.token;
    const name = this.name();
    const args = this.some('(', ')', () => this.inputValue());
    this.expect(':');
    const type = this.type();
    return this.placed(
      {
        Description: description,
        Name: name,
        Arguments: args,
        Type: type,
        Directives: this.directives(true),
      },
      start,
    );
  }

  private inputValue(): GraphNode {
    const description = this.description();
    const start = this.token;
    const name = this.name();
    this.expect(':');
    const type = this.type();
    const fallback = this.take('=') ? this.value(true) : undefined;
    return this.placed(
      {
        Description: description,
        Name: name,
        Type: type,
        DefaultValue: fallback,
        Directives: this.directives(true),
      },
      start,
    );
  }

  private enumValue(): GraphNode {
    const description = this.description();
    return { Description: description, Name: this.name(), Directives: this.directives(true) };
  }

  private directive(description: string): GraphNode {
    const start = this.advance();
    this.expect('@');
    const name = this.name();
    const args = this.some('(', ')', () => this.inputValue());
    const repeatable = this.takeWord('repeatable');
    this.expectWord('on');
    return this.placed(
      {
        Description: description,
        Name: name,
        Arguments: args,
        Locations: this.names('|', () => this.location()),
        IsRepeatable: repeatable,
      },
      start,
    );
  }
}
