import type { Builtin } from './builtins/builtin.ts';
import { builtinTable } from './builtins/registry.ts';
import { checkCalls, type Signatures } from './compile/check.ts';
import { checkRecursion } from './compile/graph.ts';
import type { Rule } from './compile/ir.ts';
import { collectNames, resolveImports } from './compile/names.ts';
import { Resolver } from './compile/resolve.ts';
import type { World } from './compile/resolve-terms.ts';
import { RegoError, RegoErrors } from './errors.ts';
import type { Context } from './eval/context.ts';
import { documentOf, guarded, startContext } from './eval/start.ts';
import type { Bindings, CompileOptions, Decision, EvaluateOptions, Schema, Source } from './options.ts';
import { PlannedProgram } from './plan/program.ts';
import { buildTree, type Node, type Ruleset } from './plan/tree.ts';
import { Queries } from './query.ts';
import type { Module } from './syntax/ast.ts';
import { parseModule } from './syntax/parser.ts';
import { type Json, toJson } from './value/json.ts';
import type { Value } from './value/types.ts';

/**
 * Compiles modules of Rego v1 into a policy. Throws `RegoErrors` with every problem found: syntax, names, unsafe
 * variables, recursion, conflicts, calls with wrong operands.
 */
export function compile(modules: readonly (Source | Module)[], options: CompileOptions = {}): Policy {
  const { parsed, errors } = parseAll(modules);
  if (errors.length > 0) throw new RegoErrors(errors);
  return new Policy(parsed, options);
}

function parseAll(modules: readonly (Source | Module)[]): { parsed: Module[]; errors: RegoError[] } {
  const parsed: Module[] = [];
  const errors: RegoError[] = [];
  for (const module of modules) {
    try {
      parsed.push('rules' in module ? module : parseModule(module.file, module.source));
    } catch (error) {
      if (!(error instanceof RegoError)) throw error;
      errors.push(error);
    }
  }
  return { parsed, errors };
}

/** A compiled policy: immutable, safe to share, evaluated any number of times. */
export class Policy {
  readonly modules: readonly Module[];
  private readonly root: Node;
  private readonly program: PlannedProgram;
  private readonly queries: Queries;
  private readonly data: Value;

  constructor(modules: readonly Module[], options: CompileOptions) {
    this.modules = modules;
    this.data = documentOf(options.data ?? {}, 'data');
    const builtins = builtinTable(options);
    const world = worldOf(modules, builtins);
    const rules = resolveAll(modules, world);
    this.root = treeOf(modules, rules);
    this.program = new PlannedProgram(this.root, builtins, rules.length, options.instrument);
    const signatures = { builtins, root: this.root, arity: this.program.arity.bind(this.program) };
    this.check(rules, signatures);
    this.queries = new Queries(world, this.program, signatures);
  }

  private check(rules: readonly Rule[], signatures: Signatures): void {
    const errors = rules.flatMap((rule) => checkCalls(rule, signatures));
    errors.push(...checkRecursion(this.root, rules));
    if (errors.length === 0) errors.push(...this.program.planAll(rulesetsOf(this.root)));
    if (errors.length > 0) throw new RegoErrors(errors);
  }

  /**
   * The value of an entrypoint (`data.release.promotion.allow` or `release/promotion/allow`) as JSON, or
   * undefined where Rego says undefined. Throws `RegoError` when evaluation fails.
   */
  evaluate(entrypoint: string, options: EvaluateOptions = {}): Json | undefined {
    const evaluate = this.queries.entrypoint(entrypoint);
    const context = this.start(options);
    return guarded(options.limits, () => {
      const value = evaluate(context);
      return value === undefined ? undefined : toJson(value);
    });
  }

  /** Like `evaluate`, as a Rego value: sets stay sets, numbers keep every digit. */
  evaluateValue(entrypoint: string, options: EvaluateOptions = {}): Value | undefined {
    const evaluate = this.queries.entrypoint(entrypoint);
    const context = this.start(options);
    return guarded(options.limits, () => evaluate(context));
  }

  /**
   * Decides: the value of an entrypoint, checked by a schema. Never throws for what a policy or its input does;
   * undefined, invalid and failed are told apart, and none of them is a permission.
   */
  decide<T>(
    entrypoint: string,
    input: unknown,
    schema: Schema<T>,
    options: EvaluateOptions = {},
  ): Decision<T> {
    try {
      const value = this.evaluate(entrypoint, { ...options, input });
      if (value === undefined) return { kind: 'undefined' };
      const checked = schema.safeParse(value);
      return checked.success
        ? { kind: 'decided', value: checked.data }
        : { kind: 'invalid', error: checked.error };
    } catch (error) {
      if (error instanceof RegoError) return { kind: 'failed', error };
      throw error;
    }
  }

  /** All solutions of a query such as `x = data.a.b[_]`. Throws `RegoError` or `RegoErrors`. */
  query(text: string, options: EvaluateOptions = {}): Bindings[] {
    const solve = this.queries.query(text);
    const context = this.start(options);
    return guarded(options.limits, () => solve(context).map((bindings) => toJson(bindings) as Bindings));
  }

  /** Like `query`, with Rego values. */
  queryValues(text: string, options: EvaluateOptions = {}): Bindings<Value>[] {
    const solve = this.queries.query(text);
    const context = this.start(options);
    return guarded(options.limits, () => solve(context));
  }

  /** The paths of all rules below `data`. */
  rules(): readonly PolicyRule[] {
    return rulesetsOf(this.root).map(({ path, kind, rules, defaultRule }) => ({
      path,
      kind,
      location: (rules[0] ?? defaultRule)?.location,
    }));
  }

  private start(options: EvaluateOptions): Context {
    return startContext(options, this.data, this.program.memoSize());
  }
}

/** What a policy defines at one path below `data`. */
export interface PolicyRule {
  readonly path: readonly string[];
  readonly kind: Ruleset['kind'];
  readonly location: RegoError['location'];
}

function worldOf(modules: readonly Module[], builtins: ReadonlyMap<string, Builtin>): World {
  return { names: collectNames(modules), isBuiltin: (name) => builtins.has(name), modules };
}

function resolveAll(modules: readonly Module[], world: World): Rule[] {
  const rules: Rule[] = [];
  const errors: RegoError[] = [];
  for (const module of modules) {
    try {
      const resolver = Resolver.forModule(world, module, resolveImports(module));
      for (const rule of module.rules) rules.push(resolver.rule(module, rule));
      errors.push(...resolver.errors);
    } catch (error) {
      if (!(error instanceof RegoError)) throw error;
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new RegoErrors(errors);
  return rules;
}

function treeOf(modules: readonly Module[], rules: readonly Rule[]): Node {
  const { root, errors } = buildTree(modules, rules);
  if (errors.length > 0) throw new RegoErrors(errors);
  return root;
}

function rulesetsOf(node: Node): Ruleset[] {
  const below = [...node.children.values()].flatMap(rulesetsOf);
  return node.ruleset === undefined ? below : [node.ruleset, ...below];
}
