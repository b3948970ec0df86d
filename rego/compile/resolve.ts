import { type Location, RegoError } from '../errors.ts';
import type * as ast from '../syntax/ast.ts';
import { operatorText } from '../syntax/terms.ts';
import type { Value } from '../value/types.ts';
import { hoistFromNegation } from './hoist.ts';
import type { Callee, Literal, LocalTerm, RefTerm, Rule, Term, With } from './ir.ts';
import { metadataChain } from './metadata.ts';
import {
  type Imports,
  type Names,
  negatesWholeExpressions,
  packagePath,
  pathKey,
  rulePath,
} from './names.ts';
import { Frame, Scope } from './scope.ts';

/** What resolution needs to know of the world around a module. */
export interface World {
  readonly names: Names;
  readonly isBuiltin: (name: string) => boolean;
  readonly modules: readonly ast.Module[];
}

/** Resolves the names of one module, or of one query, to locals, documents and functions. */
export class Resolver {
  readonly errors: RegoError[] = [];
  private readonly world: World;
  private readonly imports: Imports;
  private readonly package: readonly string[];
  private readonly rules: ReadonlySet<string>;
  private readonly legacyNot: boolean;

  constructor(world: World, imports: Imports, packageOf: readonly string[], legacyNot = true) {
    this.world = world;
    this.imports = imports;
    this.package = packageOf;
    this.rules = world.names.rules.get(pathKey(packageOf)) ?? new Set();
    this.legacyNot = legacyNot;
  }

  static forModule(world: World, module: ast.Module, imports: Imports): Resolver {
    return new Resolver(world, imports, packagePath(module), !negatesWholeExpressions(module));
  }

  /** One rule with its `else` branches. */
  rule(module: ast.Module, rule: ast.Rule): Rule {
    const frame = new Frame();
    const scope = new Scope(frame);
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
        return this.legacyNot
          ? hoistFromNegation(body, base, () => this.temporary(location, scope))
          : [{ ...base, kind: 'not', body }];
      }
      case 'notBody':
        return [{ ...base, kind: 'not', body: this.body(literal.body, scope.nested()) }];
    }
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

  private temporary(location: Location, scope: Scope): LocalTerm {
    const id = scope.frame.register();
    return { kind: 'local', location, id, name: `$${id}` };
  }

  private declareName(name: string, location: Location, scope: Scope, mustBeUsed: boolean): void {
    if (name === 'input' || name === 'data') {
      this.report(
        'rego_compile_error',
        `variables must not shadow ${name} (use a different variable name)`,
        location,
      );
    }
    if (scope.hasReferenced(name))
      this.report('rego_compile_error', `var ${name} referenced above`, location);
    if (scope.declare(name, location, mustBeUsed) === undefined) {
      this.report(
        'rego_compile_error',
        `var ${name} ${mustBeUsed ? 'declared' : 'assigned'} above`,
        location,
      );
    }
  }

  /** Declares the variables of a pattern: arrays and the values of objects, nested. */
  private declarePattern(term: ast.Term, scope: Scope, what: 'assignment' | 'some' | 'argument'): void {
    switch (term.kind) {
      case 'var':
        if (term.name.startsWith('$')) return;
        if (what === 'argument' && scope.find(term.name) !== undefined) return;
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

  term(term: ast.Term, scope: Scope): Term {
    const location = term.location;
    switch (term.kind) {
      case 'scalar':
        return { kind: 'const', location, value: term.value };
      case 'var':
        return this.variable(term, scope);
      case 'ref':
        return extendRef(
          this.term(term.head, scope),
          term.args.map((arg) => this.term(arg, scope)),
          location,
        );
      case 'call':
        return this.call(term, scope);
      case 'array':
      case 'set':
        return { kind: term.kind, location, items: term.items.map((item) => this.term(item, scope)) };
      case 'object':
        return {
          kind: 'object',
          location,
          entries: term.entries.map(
            ([key, value]) => [this.term(key, scope), this.term(value, scope)] as const,
          ),
        };
      case 'arrayComprehension':
      case 'setComprehension':
      case 'objectComprehension': {
        const inner = scope.nested();
        const body = this.body(term.body, inner);
        const key = term.kind === 'objectComprehension' ? this.term(term.key, inner) : undefined;
        return { kind: term.kind, location, key, head: this.term(term.head, inner), body };
      }
      case 'template':
        return {
          kind: 'template',
          location,
          parts: term.parts.map((part) => (typeof part === 'string' ? part : this.templatePart(part, scope))),
        };
    }
  }

  private templatePart(part: ast.Literal, scope: Scope): { body: Literal[]; result: LocalTerm } {
    const inner = scope.nested();
    const result = this.temporary(part.location, inner);
    const withs = part.withs.map((modifier) => this.with(modifier, inner));
    const right = part.kind === 'term' ? this.term(part.term, inner) : truth(part.location);
    return {
      body: [{ kind: 'unify', location: part.location, withs, written: false, left: result, right }],
      result,
    };
  }

  private variable({ name, location }: ast.VarTerm, scope: Scope): Term {
    const declared = scope.find(name);
    if (declared !== undefined) return { kind: 'local', location, id: declared, name };
    if (name === 'input' || name === 'data') return { kind: 'ref', location, root: name, args: [] };
    const imported = this.imports.get(name);
    if (imported !== undefined) return documentRef(imported, location);
    if (this.rules.has(name)) return documentRef(['data', ...this.package, name], location);
    return { kind: 'local', location, id: scope.implicit(name), name };
  }

  private call(term: ast.CallTerm, scope: Scope): Term {
    const args = term.args.map((arg) => this.term(arg, scope));
    const callee = this.callee(term.operator, scope);
    if (callee !== undefined) return { kind: 'call', location: term.location, callee, args };
    this.report(
      'rego_type_error',
      `undefined function ${operatorText(term.operator) ?? '(expression)'}`,
      term.location,
    );
    return truth(term.location);
  }

  /** The function that a name stands for: a rule of this or another package, else a built-in. */
  private callee(operator: ast.RefTerm, scope: Scope): Callee | undefined {
    const text = operatorText(operator);
    if (text === undefined || operator.head.kind !== 'var') return undefined;
    const head = operator.head.name;
    const parts = operator.args.map((arg) => (arg.kind === 'scalar' ? String(arg.value) : ''));
    if (scope.find(head) !== undefined) return undefined;
    const [root, ...start] = this.imports.get(head) ?? (head === 'data' ? ['data'] : this.ownRule(head));
    const name = pathKey([...start, ...parts]);
    if (root === 'data' && this.world.names.functions.has(name)) return { kind: 'rule', name };
    return this.world.isBuiltin(text) ? { kind: 'builtin', name: text } : undefined;
  }

  private ownRule(name: string): readonly string[] {
    return this.rules.has(name) ? ['data', ...this.package, name] : [];
  }

  private with(modifier: ast.With, scope: Scope): With {
    const location = modifier.location;
    const replaced = this.callee(modifier.target, scope);
    if (replaced !== undefined) {
      const by =
        modifier.value.kind === 'var' || modifier.value.kind === 'ref'
          ? this.callee(asRef(modifier.value), scope)
          : undefined;
      return {
        kind: 'function',
        location,
        callee: replaced,
        replacement: by ?? this.term(modifier.value, scope),
      };
    }
    const target = this.term(
      modifier.target.args.length === 0 ? modifier.target.head : modifier.target,
      scope,
    );
    if (
      target.kind === 'ref' &&
      (target.root === 'input' || target.root === 'data') &&
      target.args.every(isString)
    ) {
      const path = target.args.map((arg) => (arg.kind === 'const' ? String(arg.value) : ''));
      return { kind: 'document', location, root: target.root, path, value: this.term(modifier.value, scope) };
    }
    this.report(
      'rego_type_error',
      'with keyword target must reference existing input, data, or a function',
      location,
    );
    return { kind: 'document', location, root: 'input', path: [], value: truth(location) };
  }

  private report(code: RegoError['code'], detail: string, location: Location): void {
    this.errors.push(new RegoError(code, detail, location));
  }
}

const isString = (term: Term): boolean => term.kind === 'const' && typeof term.value === 'string';

function asRef(term: ast.Term): ast.RefTerm {
  return term.kind === 'ref' ? term : { kind: 'ref', location: term.location, head: term, args: [] };
}

function documentRef(path: readonly string[], location: Location): RefTerm {
  const [root, ...rest] = path;
  const args = rest.map((value): Term => ({ kind: 'const', location, value: value as Value }));
  return { kind: 'ref', location, root: root === 'input' ? 'input' : 'data', args };
}

/** `head[args]`, with the arguments of a head that is itself a reference in front. */
function extendRef(head: Term, args: readonly Term[], location: Location): RefTerm {
  if (head.kind === 'ref') return { kind: 'ref', location, root: head.root, args: [...head.args, ...args] };
  return { kind: 'ref', location, root: head, args };
}

export function truth(location: Location): Term {
  return { kind: 'const', location, value: true };
}
