import type { Location } from '../errors.ts';
import type * as ast from '../syntax/ast.ts';
import { hoistFromNegation } from './hoist.ts';
import type { Literal, LocalTerm, Rule, Term } from './ir.ts';
import { metadataChain } from './metadata.ts';
import { type Imports, packagePath, rulePath } from './names.ts';
import { extendRef, TermResolver, truth, type World } from './resolve-terms.ts';
import { Frame, Scope } from './scope.ts';

function negation(location: Location, body: readonly Literal[]): Literal & { kind: 'not' } {
  return { location, withs: [], written: false, kind: 'not', isClosed: false, body };
}

/** Resolves the names of one module, or of one query, to locals, documents and functions. */
export class Resolver extends TermResolver {
  static forModule(world: World, module: ast.Module, imports: Imports): Resolver {
    return new Resolver(world, imports, packagePath(module));
  }

  /** One rule with its `else` branches. */
  rule(module: ast.Module, rule: ast.Rule): Rule {
    const frame = new Frame();
    const scope = Scope.ofArguments(frame);
    const { head } = rule.ref;
    if (head.kind === 'var' && (head.name === 'input' || head.name === 'data')) {
      const detail = `rules must not shadow ${head.name} (use a different rule name)`;
      this.report('rego_compile_error', detail, rule.location);
    }
    const args = rule.args.map((arg) => this.argument(arg, scope));
    return this.branch(module, rule, scope, args, rule);
  }

  private branch(
    module: ast.Module,
    branch: ast.Rule,
    outer: Scope,
    args: readonly Term[],
    root: ast.Rule,
  ): Rule {
    const scope = outer.nested();
    const body = this.body(branch.body, scope);
    const { path, taken } = rulePath(module, root.ref);
    const rest = root.ref.args.slice(taken).map((arg) => this.term(arg, scope));
    const key = branch.key === undefined ? undefined : this.term(branch.key, scope);
    const value = branch.value === undefined ? truth(branch.location) : this.term(branch.value, scope);
    outer.frame.forgetImplicit();
    const otherwise =
      branch.elseRule === undefined ? undefined : this.branch(module, branch.elseRule, outer, args, root);
    return {
      location: branch.location,
      module,
      kind: root.kind,
      isDefault: root.isDefault,
      path,
      rest,
      args,
      key,
      value,
      body,
      otherwise,
      registers: () => outer.frame.size(),
      fresh: () => outer.frame.register(),
      metadata: () => metadataChain(this.world.modules, module, root, path),
    };
  }

  private argument(arg: ast.Term, scope: Scope): Term {
    this.declarePattern(arg, scope, 'argument');
    return this.term(arg, scope);
  }

  /** The literals of a body, in the order written; declarations are carried out and disappear. */
  body(literals: readonly ast.Literal[], scope: Scope): Literal[] {
    const body = literals.flatMap((literal) => this.literal(literal, scope));
    for (const { name, location } of scope.unused()) {
      this.report('rego_compile_error', `declared var ${name} unused`, location);
    }
    return body;
  }

  private literal(literal: ast.Literal, scope: Scope): Literal[] {
    const location = literal.location;
    const withs = literal.withs.map((modifier) => this.with(modifier, scope));
    const base = { location, withs, written: true };
    switch (literal.kind) {
      case 'some':
        for (const { name, location: at } of literal.names) this.declareName(name, at, scope, true);
        return [];
      case 'term':
        return [this.termLiteral(this.term(literal.term, scope), base)];
      case 'unify':
        return [
          {
            ...base,
            kind: 'unify',
            left: this.term(literal.left, scope),
            right: this.term(literal.right, scope),
          },
        ];
      case 'assign': {
        const right = this.term(literal.right, scope);
        this.declarePattern(literal.left, scope, 'assignment');
        return [{ ...base, kind: 'unify', left: this.term(literal.left, scope), right }];
      }
      case 'someIn':
        return [{ ...base, kind: 'unify', ...this.iteration(literal, scope) }];
      case 'every':
        return [this.every(literal, scope, base)];
      case 'not': {
        const body = this.literal(literal.body, scope).map((inner) => ({ ...inner, written: false }));
        return hoistFromNegation(body, base, () => this.temporary(location, scope));
      }
      case 'notBody':
        return [{ ...this.failure(literal.operand, 'negated expression', scope), ...base }];
      case 'logical':
        return [{ ...this.logical(literal, scope), ...base }];
    }
  }

  /** `a or b` fails when both fail; `a and b` when one does. Neither binds anything for others. */
  private logical(literal: ast.Literal & { kind: 'logical' }, scope: Scope): Literal & { kind: 'not' } {
    const { location, operator } = literal;
    const what = `implicit ${operator} operand`;
    const fails = [literal.left, literal.right].map((operand) => this.failure(operand, what, scope));
    if (operator === 'or') return negation(location, fails);
    const holds = fails.map((fail) => negation(location, [fail]));
    return negation(location, [negation(location, holds)]);
  }

  /** Holds when the operand does not. Only an explicit body may assign, to variables of its own. */
  private failure(operand: ast.Operand, what: string, scope: Scope): Literal & { kind: 'not' } {
    const [first] = operand.body as [ast.Literal];
    const { location } = first;
    if (operand.isExplicit) {
      return { ...negation(location, this.body(operand.body, scope.nested())), isClosed: true };
    }
    if (first.kind === 'assign')
      this.report('rego_compile_error', `cannot assign vars inside ${what}`, location);
    return negation(location, this.literal(first, scope));
  }

  /** `a == b` by itself is an equality like `a = b`, except that it binds nothing. */
  private termLiteral(term: Term, base: Pick<Literal, 'location' | 'withs' | 'written'>): Literal {
    return { ...base, kind: 'term', term };
  }

  /** `some k, v in xs` is `v = xs[k]`. */
  private iteration(literal: ast.Literal & { kind: 'someIn' }, scope: Scope): { left: Term; right: Term } {
    const root = this.term(literal.collection, scope);
    if (literal.key !== undefined) this.declarePattern(literal.key, scope, 'some');
    this.declarePattern(literal.value, scope, 'some');
    const key =
      literal.key === undefined ? this.temporary(literal.location, scope) : this.term(literal.key, scope);
    return {
      left: this.term(literal.value, scope),
      right: extendRef(root, [key], literal.collection.location),
    };
  }

  private every(
    literal: ast.Literal & { kind: 'every' },
    scope: Scope,
    base: Pick<Literal, 'location' | 'withs' | 'written'>,
  ): Literal {
    const collection = this.term(literal.collection, scope);
    const inner = scope.nested();
    const declared = (term: ast.Term | undefined): LocalTerm => {
      if (term?.kind !== 'var') return this.temporary(literal.location, scope);
      if (!term.name.startsWith('$')) this.declareName(term.name, term.location, inner, false);
      return this.term(term, inner) as LocalTerm;
    };
    const key = declared(literal.key);
    const value = declared(literal.value);
    return { ...base, kind: 'every', key, value, collection, body: this.body(literal.body, inner.nested()) };
  }

  private declareName(name: string, location: Location, scope: Scope, mustBeUsed: boolean): void {
    if (name === 'input' || name === 'data') {
      this.report(
        'rego_compile_error',
        `variables must not shadow ${name} (use a different variable name)`,
        location,
      );
    }
    if (scope.isArgument(name)) this.report('rego_compile_error', `arg ${name} redeclared`, location);
    if (scope.hasReferenced(name))
      this.report('rego_compile_error', `var ${name} referenced above`, location);
    if (scope.declare(name, location, mustBeUsed) === undefined) {
      this.report('rego_compile_error', `var ${name} ${scope.declaration(name)} above`, location);
    }
  }

  /** Declares the variables of a pattern: arrays and the values of objects, nested. */
  private declarePattern(term: ast.Term, scope: Scope, what: 'assignment' | 'some' | 'argument'): void {
    switch (term.kind) {
      case 'var':
        if (term.name.startsWith('$')) return;
        if (what === 'argument' && scope.find(term.name) !== undefined) return;
        if (what === 'argument' && (term.name === 'input' || term.name === 'data')) {
          const detail = `args must not shadow ${term.name} (use a different variable name)`;
          this.report('rego_compile_error', detail, term.location);
          return;
        }
        if (what === 'some' && scope.declare(term.name, term.location, false) !== undefined) return;
        this.declareName(term.name, term.location, scope, false);
        return;
      case 'array':
        for (const item of term.items) this.declarePattern(item, scope, what);
        return;
      case 'object':
        for (const [, value] of term.entries) this.declarePattern(value, scope, what);
        return;
      case 'scalar':
        if (what === 'assignment') return;
        return;
      default:
        if (what === 'assignment')
          this.report('rego_compile_error', `cannot assign to ${term.kind}`, term.location);
    }
  }
}
