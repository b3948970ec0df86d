import { RegoError } from '../errors.ts';
import type { Literal, Operand, With } from './ast.ts';
import { TermParser } from './terms.ts';

type Operator = 'and' | 'or';

/** The grammar of `not`, `and` and `or`, and of what they stand between: groups and bodies in braces. */
export abstract class LogicParser extends TermParser {
  /** One expression without operators of logic and without modifiers. */
  protected abstract simple(): Literal;
  protected abstract withs(): With[];

  /** Offsets of braces that turned out to be no body: they are not tried again. */
  private readonly terms = new Set<number>();

  /** One literal with its `with` modifiers. */
  protected literal(): Literal {
    return this.nested(() => {
      const location = this.here();
      const whole = this.joined(false);
      const [literal] = whole.body as [Literal];
      if (whole.isExplicit) this.fail('braces need "and" or "or" beside them', location);
      const withs = this.withs();
      if (withs.length === 0) return literal;
      if (this.isOperator('and') || this.isOperator('or'))
        this.unexpected('"with" applies to a whole expression, to a group in parentheses or inside braces');
      return { ...literal, withs: [...withs, ...literal.withs] };
    });
  }

  /** `a or b and c`: `and` binds tighter. */
  private joined(isRight: boolean): Operand {
    return this.chain('or', isRight, (right) => this.chain('and', right, (last) => this.operand(last)));
  }

  private chain(operator: Operator, isRight: boolean, operand: (isRight: boolean) => Operand): Operand {
    const location = this.here();
    let left = operand(isRight);
    while (this.isOperator(operator)) {
      this.advance();
      const right = operand(true);
      left = implicit({ kind: 'logical', location, operator, left, right, withs: [] });
    }
    return left;
  }

  /** A call `or(a, b)` on a line of its own is the built-in. */
  private isOperator(operator: Operator): boolean {
    if (!this.active.has(operator) || !this.isKeyword(operator)) return false;
    return !(this.token.newline && this.isCallOfKeyword());
  }

  private operand(isRight: boolean): Operand {
    const isLogical = this.active.has('and') || this.active.has('or');
    if (isLogical && this.isGroup()) return this.group();
    const operand = isLogical && this.isSymbol('{') ? this.bodyOr(() => this.plain(), isRight) : this.plain();
    const [first] = operand.body as [Literal];
    const declares = !operand.isExplicit && (first.kind === 'some' || first.kind === 'someIn');
    if (declares && (isRight || this.isOperator('and') || this.isOperator('or')))
      this.fail('"some" cannot be an operand: put it into braces', first.location);
    return operand;
  }

  private plain(): Operand {
    return implicit(this.isKeyword('not') ? this.not() : this.simple());
  }

  private not(): Literal {
    const location = this.here();
    this.advance();
    if (this.isKeyword('not')) this.unexpected('illegal negation of a negation');
    const isWhole = this.active.has('not');
    const operand =
      isWhole && this.isGroup()
        ? this.group()
        : isWhole && this.isSymbol('{')
          ? this.bodyOr(() => implicit(this.simple()), true)
          : implicit(this.simple());
    const [body] = operand.body as [Literal];
    if (!operand.isExplicit && (body.kind === 'some' || body.kind === 'someIn'))
      this.fail(`"not" cannot negate a "some" declaration`, location);
    return isWhole
      ? { kind: 'notBody', location, operand, withs: [] }
      : { kind: 'not', location, body, withs: [] };
  }

  /** Braces are a body where nothing but the end of an operand follows them, else a term. */
  private bodyOr(term: () => Operand, isRight: boolean): Operand {
    const start = this.token.start;
    if (this.terms.has(start)) return term();
    let problem: RegoError | undefined;
    try {
      this.advance();
      const body = this.query('}');
      if (this.endsOperand(isRight)) return { isExplicit: true, body };
    } catch (error) {
      if (!(error instanceof RegoError)) throw error;
      problem = error;
    }
    this.terms.add(start);
    this.jump(start);
    try {
      return term();
    } catch (error) {
      throw problem ?? error;
    }
  }

  private endsOperand(isRight: boolean): boolean {
    if (this.isOperator('and') || this.isOperator('or')) return true;
    if (!isRight) return false;
    return this.token.newline || this.atEnd() || /^[;)}\]]$/.test(this.token.text) || this.isKeyword('with');
  }

  /** `(a or b)`, `(a with input as x)`. */
  private group(): Operand {
    this.advance();
    const literal = this.literal();
    this.expectSymbol(')', 'expected ")"');
    return implicit(literal);
  }

  /** Looks ahead: parentheses are a group when logic or a modifier stands in them. */
  private isGroup(): boolean {
    if (!this.isSymbol('(')) return false;
    const open: string[] = [];
    try {
      for (let token = this.token; token.kind !== 'eof'; token = this.lexer.read(token.end)) {
        const inParentheses = open.every((symbol) => symbol === '(');
        if (inParentheses && token.kind === 'ident' && /^(?:and|or|with)$/.test(token.text)) return true;
        if (token.kind !== 'symbol') continue;
        if (/^[([{]$/.test(token.text)) open.push(token.text);
        else if (/^[)\]}]$/.test(token.text)) open.pop();
        if (open.length === 0) return false;
      }
    } catch (error) {
      if (!(error instanceof RegoError)) throw error;
    }
    return false;
  }
}

const implicit = (literal: Literal): Operand => ({ isExplicit: false, body: [literal] });
