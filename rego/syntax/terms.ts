import type { Location } from '../errors.ts';
import { parseNumber } from '../value/number.ts';
import type { Literal, RefTerm, Term, VarTerm } from './ast.ts';
import { builtinCall, extend, isCallable, isReferable, operatorName, operatorText } from './refs.ts';
import { TemplateParser } from './templates.ts';

/** Infix operators by precedence, weakest first, with the built-in that each stands for. */
const levels: readonly Readonly<Record<string, string>>[] = [
  { '==': 'equal', '!=': 'neq', '<': 'lt', '<=': 'lte', '>': 'gt', '>=': 'gte' },
  { '|': 'or' },
  { '&': 'and' },
  { '+': 'plus', '-': 'minus' },
  { '*': 'mul', '/': 'div', '%': 'rem' },
];

/** The grammar of terms. */
export abstract class TermParser extends TemplateParser {
  /** Literals up to a closing symbol, which is consumed. */
  protected abstract query(end: string): Literal[];

  private anonymous = 0;

  /** `a`, `a + b`, `a in b`; `noPipe` leaves a `|` of this nesting level to the caller. */
  protected expression(noPipe = false): Term {
    return this.nested(() => {
      let left = this.infix(0, noPipe);
      while (this.isKeyword('in')) {
        const location = this.here();
        this.advance();
        left = builtinCall(location, 'internal.member_2', [left, this.infix(0, noPipe)]);
      }
      return left;
    });
  }

  /** An expression where `k, v in collection` may stand. */
  protected expressionInList(): Term {
    const first = this.expression();
    if (!this.isSymbol(',')) return first;
    const location = this.here();
    this.advance();
    const second = this.expression();
    if (second.kind !== 'call' || operatorName(second) !== 'internal.member_2') {
      this.fail('unexpected comma: expected "in" after "key, value"', location);
    }
    return builtinCall(second.location, 'internal.member_3', [first, ...second.args]);
  }

  /** Everything but `in`: `a == b`, `a | b`, … */
  protected infix(level: number, noPipe: boolean): Term {
    const operators = levels[level];
    if (operators === undefined) return this.term();
    let left = this.infix(level + 1, noPipe);
    for (;;) {
      const name = this.token.kind === 'symbol' ? operators[this.token.text] : undefined;
      if (name === undefined || (noPipe && name === 'or')) return left;
      const location = this.here();
      this.advance();
      left = builtinCall(location, name, [left, this.infix(level + 1, noPipe)]);
    }
  }

  /** A term without infix operators. */
  protected term(): Term {
    return this.nested(() => this.trailers(this.primary()));
  }

  private primary(): Term {
    const location = this.here();
    const token = this.token;
    switch (token.kind) {
      case 'number':
        return this.numberTerm(location, '');
      case 'string':
      case 'rawString':
        this.advance();
        return { kind: 'scalar', location, value: token.value };
      case 'template':
      case 'rawTemplate':
        return this.template(location, token.kind === 'template' ? '"' : '`');
      case 'ident':
        return this.word(location);
      case 'eof':
        return this.unexpected('expected a term');
      case 'symbol':
    }
    switch (token.text) {
      case '(':
        return this.parenthesised();
      case '[':
        return this.array(location);
      case '{':
        return this.braces(location);
      case '-':
        this.advance();
        if (!this.adjacent() || this.token.kind !== 'number') this.unexpected('expected a number after "-"');
        return this.numberTerm(location, '-');
      default:
        return this.unexpected('expected a term');
    }
  }

  private numberTerm(location: Location, sign: string): Term {
    const token = this.advance();
    const value = parseNumber(sign + token.text);
    return value === undefined
      ? this.fail('illegal number format', location)
      : { kind: 'scalar', location, value };
  }

  private word(location: Location): Term {
    for (const [word, value] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const) {
      if (this.takeKeyword(word)) return { kind: 'scalar', location, value };
    }
    return this.variable();
  }

  protected variable(): VarTerm {
    const location = this.here();
    if (!this.isName() && !this.isCallOfKeyword()) this.unexpected('expected a term');
    const name = this.advance().text;
    if (name !== '_') return { kind: 'var', location, name };
    this.anonymous += 1;
    return { kind: 'var', location, name: `$_${this.anonymous}` };
  }

  /** `.name`, `[term]` and `(args)` that follow a term without white space. */
  private trailers(head: Term): Term {
    let term = head;
    for (;;) {
      if (!this.adjacent()) return term;
      if (this.isSymbol('(') && isCallable(term)) {
        term = this.call(term);
      } else if (this.isSymbol('.') || this.isSymbol('[')) {
        if (!isReferable(term)) this.unexpected('expected \\n or ;');
        term = extend(term, this.refArgument());
      } else {
        return term;
      }
    }
  }

  /** One `.name` or `[term]`. */
  protected refArgument(): Term {
    if (this.takeSymbol('.')) {
      const location = this.here();
      if (this.token.kind !== 'ident' || !this.adjacent()) this.unexpected('expected ident');
      return { kind: 'scalar', location, value: this.advance().text };
    }
    this.expectSymbol('[', 'expected "["');
    const argument = this.expression();
    this.expectSymbol(']', 'expected "]"');
    return argument;
  }

  private call(operator: Term): Term {
    const location = operator.location;
    this.advance();
    const args = this.list(')');
    const ref: RefTerm =
      operator.kind === 'ref' ? operator : { kind: 'ref', location, head: operator, args: [] };
    if (operatorText(ref) === 'set' && args.length === 0) return { kind: 'set', location, items: [] };
    return { kind: 'call', location, operator: ref, args };
  }

  /** Terms separated by commas; a trailing comma is allowed. The closing symbol is consumed. */
  protected list(end: string, first?: Term): Term[] {
    const items: Term[] = [];
    if (first !== undefined) {
      items.push(first);
      if (this.takeSymbol(end)) return items;
      this.expectSymbol(',', `expected "," or "${end}"`);
    }
    while (!this.takeSymbol(end)) {
      items.push(this.expression());
      if (this.takeSymbol(end)) return items;
      this.expectSymbol(',', `expected "," or "${end}"`);
    }
    return items;
  }

  private parenthesised(): Term {
    this.advance();
    const term = this.expressionInList();
    this.expectSymbol(')', 'expected ")"');
    return term;
  }

  private array(location: Location): Term {
    this.advance();
    if (this.takeSymbol(']')) return { kind: 'array', location, items: [] };
    const first = this.expression(true);
    if (this.takeSymbol('|'))
      return { kind: 'arrayComprehension', location, head: first, body: this.query(']') };
    return { kind: 'array', location, items: this.list(']', first) };
  }

  private braces(location: Location): Term {
    this.advance();
    if (this.takeSymbol('}')) return { kind: 'object', location, entries: [] };
    const first = this.expression(true);
    if (this.takeSymbol('|'))
      return { kind: 'setComprehension', location, head: first, body: this.query('}') };
    if (!this.takeSymbol(':')) return { kind: 'set', location, items: this.list('}', first) };
    const value = this.expression(true);
    if (this.takeSymbol('|')) {
      return { kind: 'objectComprehension', location, key: first, head: value, body: this.query('}') };
    }
    return { kind: 'object', location, entries: this.entries([first, value]) };
  }

  private entries(first: readonly [Term, Term]): (readonly [Term, Term])[] {
    const entries: (readonly [Term, Term])[] = [first];
    while (!this.takeSymbol('}')) {
      this.expectSymbol(',', 'expected "," or "}"');
      if (this.takeSymbol('}')) return entries;
      const key = this.expression();
      this.expectSymbol(':', 'expected ":"');
      entries.push([key, this.expression()]);
    }
    return entries;
  }
}
