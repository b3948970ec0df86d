import { DocumentParser, type GraphNode } from './document.ts';

/** Parses operations and fragments. */
export function parseGraphqlQuery(source: string): GraphNode {
  return new QueryParser(source).document();
}

class QueryParser extends DocumentParser {
  document(): GraphNode {
    const operations: GraphNode[] = [];
    const fragments: GraphNode[] = [];
    while (this.token.kind !== 'eof') {
      if (this.isWord('fragment')) fragments.push(this.fragment());
      else operations.push(this.operation());
    }
    return {
      Operations: operations.length === 0 ? undefined : operations,
      Fragments: fragments.length === 0 ? undefined : fragments,
    };
  }

  private operation(): GraphNode {
    const start = this.token;
    if (this.is('{'))
      return this.placed({ Operation: 'query', Name: '', SelectionSet: this.selections() }, start);
    const word = ['query', 'mutation', 'subscription'].find((candidate) => this.isWord(candidate));
    if (word === undefined) this.unexpected();
    this.advance();
    const name = this.token.kind === 'name' ? this.name() : '';
    const variables = this.variables();
    const directives = this.directives(false);
    return this.placed(
      {
        Operation: word,
        Name: name,
        VariableDefinitions: variables,
        Directives: directives,
        SelectionSet: this.selections(),
      },
      start,
    );
  }

  private variables(): GraphNode[] | undefined {
    return this.some('(', ')', () => {
      const start = this.token;
      this.expect('$');
      const name = this.name();
      this.expect(':');
      const type = this.type();
      const fallback = this.take('=') ? this.value(true) : undefined;
      return this.placed(
        {
          Variable: name,
          Type: type,
          DefaultValue: fallback,
          Directives: this.directives(true),
          Used: false,
        },
        start,
      );
    });
  }

  private selections(): GraphNode[] {
    return this.nested(() => {
      if (!this.is('{')) this.expect('{');
      return this.some('{', '}', () => this.selection()) ?? [];
    });
  }

  private selection(): GraphNode {
    const start = this.token;
    if (this.take('...')) return this.placed(this.spread(), start);
    const first = this.name();
    const name = this.take(':') ? this.name() : first;
    const args = this.arguments(false);
    const directives = this.directives(false);
    const selections = this.is('{') ? this.selections() : undefined;
    return this.placed(
      { Alias: first, Name: name, Arguments: args, Directives: directives, SelectionSet: selections },
      start,
    );
  }

  private spread(): GraphNode {
    if (this.token.kind === 'name' && this.token.value !== 'on') {
      return { Name: this.name(), Directives: this.directives(false) };
    }
    const condition = this.takeWord('on') ? this.name() : '';
    const directives = this.directives(false);
    return { TypeCondition: condition, Directives: directives, SelectionSet: this.selections() };
  }

  private fragment(): GraphNode {
    const start = this.token;
    this.expectWord('fragment');
    if (this.isWord('on')) this.unexpected();
    const name = this.name();
    const variables = this.variables();
    this.expectWord('on');
    const condition = this.name();
    const directives = this.directives(false);
    return this.placed(
      {
        Name: name,
        VariableDefinition: variables,
        TypeCondition: condition,
        Directives: directives,
        SelectionSet: this.selections(),
      },
      start,
    );
  }
}
