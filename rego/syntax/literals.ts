import type { Location } from '../errors.ts';
import type { Literal, RefTerm, Term, VarTerm, With } from './ast.ts';
import { LogicParser } from './logic.ts';

/** The grammar of what stands in a body. */
export abstract class LiteralParser extends LogicParser {
  protected query(end: string): Literal[] {
    if (this.isSymbol(end)) this.fail('found empty body');
    const body: Literal[] = [];
    for (;;) {
      body.push(this.literal());
      if (this.takeSymbol(';')) {
        if (this.takeSymbol(end)) return body;
        continue;
      }
      if (this.takeSymbol(end)) return body;
      if (!this.token.newline) this.unexpected(`expected \\n or ; or ${end}`);
    }
  }

  protected templateExpression(): Literal {
    const location = this.here();
    return { kind: 'term', location, term: this.expressionInList(), withs: this.withs() };
  }

  protected simple(): Literal {
    const location = this.here();
    if (this.isKeyword('some')) return this.some(location);
    if (this.isKeyword('every')) return this.every(location);
    return this.statement(location);
  }

  private statement(location: Location): Literal {
    const left = this.expressionInList();
    if (this.takeSymbol(':=')) {
      const right = this.expressionInList();
      return { kind: 'assign', location, left, right, withs: [] };
    }
    if (this.takeSymbol('=')) {
      const right = this.expressionInList();
      return { kind: 'unify', location, left, right, withs: [] };
    }
    return { kind: 'term', location, term: left, withs: [] };
  }

  private some(location: Location): Literal {
    this.advance();
    const terms = [this.infix(0, false)];
    while (this.takeSymbol(',')) terms.push(this.infix(0, false));
    if (this.takeKeyword('in')) {
      const [first, second, third] = terms;
      if (first === undefined || third !== undefined)
        this.fail('expected "some [key,] value in collection"', location);
      const collection = this.infix(0, false);
      return second === undefined
        ? { kind: 'someIn', location, key: undefined, value: first, collection, withs: [] }
        : { kind: 'someIn', location, key: first, value: second, collection, withs: [] };
    }
    const names: VarTerm[] = [];
    for (const term of terms) {
      if (term.kind !== 'var') this.fail('expected a variable name after "some"', term.location);
      names.push(term);
    }
    return { kind: 'some', location, names, withs: [] };
  }

  private every(location: Location): Literal {
    this.advance();
    const first = this.variableOf('every');
    const second = this.takeSymbol(',') ? this.variableOf('every') : undefined;
    if (!this.takeKeyword('in')) this.unexpected('expected "in"');
    const collection = this.infix(0, false);
    this.expectSymbol('{', 'expected "{" before the body of "every"');
    const body = this.query('}');
    return second === undefined
      ? { kind: 'every', location, key: undefined, value: first, collection, body, withs: [] }
      : { kind: 'every', location, key: first, value: second, collection, body, withs: [] };
  }

  private variableOf(keyword: string): Term {
    const term = this.term();
    if (term.kind !== 'var') this.fail(`expected a variable after "${keyword}"`, term.location);
    return term;
  }

  protected withs(): With[] {
    const withs: With[] = [];
    while (this.isKeyword('with')) {
      const location = this.here();
      this.advance();
      const target = this.withTarget();
      if (!this.takeKeyword('as')) this.unexpected('expected "as"');
      withs.push({ location, target, value: this.expression() });
    }
    return withs;
  }

  private withTarget(): RefTerm {
    const term = this.term();
    if (term.kind === 'var') return { kind: 'ref', location: term.location, head: term, args: [] };
    if (term.kind === 'ref') return term;
    return this.fail('expected "with" target: a path of input or data, or a function', term.location);
  }
}
