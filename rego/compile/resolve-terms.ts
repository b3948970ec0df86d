import { whyUndefined } from '../builtins/unavailable.ts';
import { type Location, RegoError } from '../errors.ts';
import type * as ast from '../syntax/ast.ts';
import { operatorText } from '../syntax/refs.ts';
import type { Value } from '../value/types.ts';
import type { Callee, Literal, LocalTerm, RefTerm, Term, With } from './ir.ts';
import { type Imports, type Names, pathKey } from './names.ts';
import type { Scope } from './scope.ts';

/** What resolution needs to know of the world around a module. */
export interface World {
  readonly names: Names;
  readonly isBuiltin: (name: string) => boolean;
  readonly modules: readonly ast.Module[];
}

/** Resolves the names in terms, and in the modifiers of literals. */
export abstract class TermResolver {
  readonly errors: RegoError[] = [];
  protected readonly world: World;
  private readonly imports: Imports;
  private readonly package: readonly string[];
  private readonly rules: ReadonlySet<string>;

  constructor(world: World, imports: Imports, packageOf: readonly string[]) {
    this.world = world;
    this.imports = imports;
    this.package = packageOf;
    this.rules = world.names.rules.get(pathKey(packageOf)) ?? new Set();
  }

  /** The literals of a nested body. */
  abstract body(literals: readonly ast.Literal[], scope: Scope): Literal[];

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
      whyUndefined(operatorText(term.operator) ?? '(expression)'),
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

  protected with(modifier: ast.With, scope: Scope): With {
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

  protected temporary(location: Location, scope: Scope): LocalTerm {
    const id = scope.frame.register();
    return { kind: 'local', location, id, name: `$${id}` };
  }

  protected report(code: RegoError['code'], detail: string, location: Location): void {
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
export function extendRef(head: Term, args: readonly Term[], location: Location): RefTerm {
  if (head.kind === 'ref') return { kind: 'ref', location, root: head.root, args: [...head.args, ...args] };
  return { kind: 'ref', location, root: head, args };
}

export function truth(location: Location): Term {
  return { kind: 'const', location, value: true };
}
