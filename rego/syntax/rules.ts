import { type Location, RegoError } from '../errors.ts';
import type { Literal, RefTerm, Rule, Term } from './ast.ts';
import { LiteralParser } from './literals.ts';

const convert = 'this looks like Rego v0; convert the file with `opa fmt --write --v0-v1 <file>`';

/** The grammar of rules. */
export abstract class RuleParser extends LiteralParser {
  protected rule(): Rule {
    const location = this.here();
    if (this.takeKeyword('default')) return this.defaultRule(location);
    const ref = this.ruleRef();
    const args = this.isSymbol('(') && this.adjacent() ? this.args() : undefined;
    const { kind, key, value } = this.head(args);
    const body = this.body(location, ref, kind !== 'set' && value === undefined && args === undefined);
    const elseRule = this.elseRule(ref, args ?? [], kind);
    if (elseRule !== undefined && kind === 'set')
      this.fail('else keyword cannot be used on multi-value rules', elseRule.location);
    return { location, isDefault: false, kind, ref, args: args ?? [], key, value, body, elseRule };
  }

  private head(args: readonly Term[] | undefined): Pick<Rule, 'kind' | 'key' | 'value'> {
    if (this.takeKeyword('contains')) {
      if (args !== undefined)
        this.fail('the contains keyword can only be used with multi-value rules, not with functions');
      return { kind: 'set', key: this.expression(), value: undefined };
    }
    const kind = args === undefined ? 'complete' : 'function';
    if (this.takeSymbol(':=') || this.takeSymbol('='))
      return { kind, key: undefined, value: this.expressionInList() };
    return { kind, key: undefined, value: undefined };
  }

  private defaultRule(location: Location): Rule {
    const ref = this.ruleRef();
    const args = this.isSymbol('(') && this.adjacent() ? this.args() : undefined;
    if (!this.takeSymbol(':=') && !this.takeSymbol('='))
      this.unexpected('expected default rule value assignment');
    const value = this.expression();
    if (this.isKeyword('if') || this.isSymbol('{')) this.fail('default rules must not have a body');
    const illegal = illegalDefault(value, args ?? []);
    if (illegal !== undefined) this.fail(`illegal default rule (${illegal})`, location);
    return {
      location,
      isDefault: true,
      kind: args === undefined ? 'complete' : 'function',
      ref,
      args: args ?? [],
      key: undefined,
      value,
      body: [],
      elseRule: undefined,
    };
  }

  /** A rule name with what follows it: `p`, `p.q`, `p[x].r`. */
  private ruleRef(): RefTerm {
    const location = this.here();
    if (!this.isName() && !(this.token.kind === 'ident' && this.token.text === 'contains')) {
      this.unexpected('expected a rule, "import" or "package"');
    }
    const head = this.variable();
    const args: Term[] = [];
    while (this.adjacent() && (this.isSymbol('.') || this.isSymbol('['))) args.push(this.refArgument());
    return { kind: 'ref', location, head, args };
  }

  private args(): Term[] {
    this.advance();
    return this.list(')');
  }

  private body(location: Location, ref: RefTerm, bare: boolean): Literal[] {
    if (this.takeKeyword('if')) return this.ifBody();
    if (this.isSymbol('{') && !this.token.newline)
      this.fail(`\`if\` keyword is required before rule body; ${convert}`);
    if (bare) {
      const remedy =
        ref.args.length > 0
          ? '`contains` keyword is required for partial set rules, and a value or `if` for others'
          : 'rule must have value assignment and/or body declaration';
      this.fail(`${remedy}; ${convert}`, location);
    }
    return [];
  }

  /** `{ … }`, or one literal. */
  private ifBody(): Literal[] {
    if (!this.isSymbol('{')) return [this.literal()];
    const start = this.token.start;
    this.advance();
    if (this.isSymbol('}')) this.fail('found empty body');
    try {
      const body = this.query('}');
      if (this.token.newline || this.token.kind === 'eof' || this.isKeyword('else') || this.isSymbol(';'))
        return body;
      this.unexpected('expected \\n');
    } catch (error) {
      if (!(error instanceof RegoError)) throw error;
      // `p if {1, 2} == x`: the braces are a term.
      return this.bodyAsTerm(start, error);
    }
  }

  private bodyAsTerm(start: number, original: RegoError): Literal[] {
    this.jump(start);
    try {
      return [this.literal()];
    } catch {
      throw original;
    }
  }

  private elseRule(ref: RefTerm, args: readonly Term[], kind: Rule['kind']): Rule | undefined {
    if (!this.isKeyword('else')) return undefined;
    const location = this.here();
    this.advance();
    const value = this.takeSymbol(':=') || this.takeSymbol('=') ? this.expressionInList() : undefined;
    const body = this.takeKeyword('if') ? this.ifBody() : this.noElseBody(value);
    const elseRule = this.elseRule(ref, args, kind);
    return { location, isDefault: false, kind, ref, args, key: undefined, value, body, elseRule };
  }

  private noElseBody(value: Term | undefined): Literal[] {
    if (this.isSymbol('{') && !this.token.newline)
      this.fail(`\`if\` keyword is required before rule body; ${convert}`);
    if (value === undefined) this.unexpected('expected else term and/or `if` with a body');
    return [];
  }
}

/** Why a default is none: its value has to be known by itself, its arguments are different plain variables. */
function illegalDefault(value: Term, args: readonly Term[]): string | undefined {
  const variable = unknownIn(value);
  if (variable !== undefined) return `value cannot contain ${variable}`;
  const names = new Set<string>();
  for (const arg of args) {
    if (arg.kind !== 'var') return `arguments cannot contain ${arg.kind === 'scalar' ? 'values' : arg.kind}`;
    if (names.has(arg.name)) return `arguments cannot be repeated: ${arg.name}`;
    names.add(arg.name);
  }
  return undefined;
}

/** The kind of the first part that evaluation would have to find; comprehensions may contain anything. */
function unknownIn(term: Term): 'var' | 'ref' | 'call' | undefined {
  switch (term.kind) {
    case 'var':
    case 'ref':
    case 'call':
      return term.kind;
    case 'array':
    case 'set':
      return term.items.map(unknownIn).find((kind) => kind !== undefined);
    case 'object':
      return term.entries.flatMap((entry) => entry.map(unknownIn)).find((kind) => kind !== undefined);
    default:
      return undefined;
  }
}
