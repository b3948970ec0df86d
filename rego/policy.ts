import type { Builtin } from './builtins/builtin.ts';
import { type BuiltinOptions, builtinTable } from './builtins/registry.ts';
import { checkBody, checkCalls } from './compile/check.ts';
import { checkRecursion } from './compile/graph.ts';
import type { Literal, Rule } from './compile/ir.ts';
import { collectNames, type Imports, type Names, resolveImports } from './compile/names.ts';
import { Resolver, truth, type World } from './compile/resolve.ts';
import { Frame, Scope } from './compile/scope.ts';
import { RegoError, RegoErrors } from './errors.ts';
import { Budget, type Limits } from './eval/budget.ts';
import { Context, type Environment, type Eval, Kept, type Registers } from './eval/context.ts';
import { planBody } from './plan/body.ts';
import type { Instrument, Tracer } from './plan/instrument.ts';
import { visit } from './plan/order.ts';
import { PlannedProgram } from './plan/program.ts';
import { type Builder, chain, Site } from './plan/site.ts';
import { planTerm } from './plan/terms.ts';
import { buildTree, type Node, type Ruleset } from './plan/tree.ts';
import type { Module } from './syntax/ast.ts';
import { parseModule, parseQuery } from './syntax/parser.ts';
import { fromJson, type Json, toJson } from './value/json.ts';
import type { Value } from './value/types.ts';

/** A file of Rego source. */
export interface Source {
  readonly file: string;
  readonly source: string;
}

export interface CompileOptions extends BuiltinOptions {
  /** Base documents below `data`. */
  readonly data?: unknown;
  /** Watches evaluation, for coverage and explanations; costs time only when given. */
  readonly instrument?: Instrument;
}

export interface EvaluateOptions {
  /** The input document; left out, `input` is undefined. */
  readonly input?: unknown;
  /** Replaces the base documents given to `compile`. */
  readonly data?: unknown;
  /** The caller's clock for `time.now_ns`: ms since the epoch, or ns as a bigint. Default: now. */
  readonly now?: number | bigint;
  readonly limits?: Limits;
  /** A clock for the time limit, in ms. Default: the process's monotonic clock. */
  readonly clock?: () => number;
  /** Errors of built-ins end the evaluation instead of making the expression undefined. */
  readonly strictBuiltinErrors?: boolean;
  /** Receives what `print` and `trace` show. */
  readonly print?: (text: string, where: string) => void;
  /** Randomness for `rand.intn` and `uuid.rfc4122`: a number from 0 to 1. */
  readonly random?: () => number;
  /** What `opa.runtime()` gives. Default: an empty object. */
  readonly runtime?: unknown;
  readonly tracer?: Tracer;
}

/** One solution of a query: its variables by name. */
export type Bindings<T = Json> = Readonly<Record<string, T>>;

/** Anything that checks a value like a zod schema does. */
export interface Schema<T> {
  safeParse(
    value: unknown,
  ): { readonly success: true; readonly data: T } | { readonly success: false; readonly error: unknown };
}

/** What a policy decided. Whatever is not `decided` must be taken as a refusal. */
export type Decision<T> =
  | { readonly kind: 'decided'; readonly value: T }
  | { readonly kind: 'undefined' }
  | { readonly kind: 'invalid'; readonly error: unknown }
  | { readonly kind: 'failed'; readonly error: RegoError };

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
  private readonly world: World;
  private readonly names: Names;
  private readonly builtins: ReadonlyMap<string, Builtin>;
  private readonly program: PlannedProgram;
  private readonly root: Node;
  private readonly data: Value;
  private readonly entrypoints = new Map<string, { evaluate: Eval; rule: Rule }>();
  private readonly queries = new Map<string, PlannedQuery>();

  constructor(modules: readonly Module[], options: CompileOptions) {
    this.modules = modules;
    this.builtins = builtinTable(options);
    this.names = collectNames(modules);
    this.world = { names: this.names, isBuiltin: (name) => this.builtins.has(name), modules };
    this.data = documentOf(options.data ?? {}, 'data');
    const { rules, errors } = this.resolveAll();
    if (errors.length > 0) throw new RegoErrors(errors);
    const tree = buildTree(modules, rules);
    this.root = tree.root;
    if (tree.errors.length > 0) throw new RegoErrors(tree.errors);
    this.program = new PlannedProgram(this.root, this.builtins, rules.length, options.instrument);
    this.check(rules);
  }

  private resolveAll(): { rules: Rule[]; errors: RegoError[] } {
    const rules: Rule[] = [];
    const errors: RegoError[] = [];
    for (const module of this.modules) {
      try {
        const resolver = Resolver.forModule(this.world, module, resolveImports(module));
        for (const rule of module.rules) rules.push(resolver.rule(module, rule));
        errors.push(...resolver.errors);
      } catch (error) {
        if (!(error instanceof RegoError)) throw error;
        errors.push(error);
      }
    }
    return { rules, errors };
  }

  private check(rules: readonly Rule[]): void {
    const signatures = {
      builtins: this.builtins,
      root: this.root,
      arity: this.program.arity.bind(this.program),
    };
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
    const value = this.evaluateValue(entrypoint, options);
    return value === undefined ? undefined : toJson(value);
  }

  /** Like `evaluate`, as a Rego value: sets stay sets, numbers keep every digit. */
  evaluateValue(entrypoint: string, options: EvaluateOptions = {}): Value | undefined {
    const { evaluate, rule } = this.entrypoint(entrypoint);
    const context = this.context(options);
    return guarded(() => evaluate(context, new Array(rule.registers())));
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
    return this.queryValues(text, options).map(
      (bindings) =>
        Object.fromEntries(
          Object.entries(bindings).map(([name, value]) => [name, toJson(value)]),
        ) as Bindings,
    );
  }

  /** Like `query`, with Rego values. */
  queryValues(text: string, options: EvaluateOptions = {}): Bindings<Value>[] {
    let planned = this.queries.get(text);
    if (planned === undefined) {
      planned = this.planQuery(text, { ...EMPTY_MODULE, source: text });
      this.queries.set(text, planned);
    }
    const { run } = planned;
    const context = this.context(options);
    return guarded(() => run(context));
  }

  /** The paths of all rules below `data`. */
  rules(): readonly {
    readonly path: readonly string[];
    readonly kind: string;
    readonly location: RegoError['location'];
  }[] {
    return rulesetsOf(this.root).map(({ path, kind, rules, defaultRule }) => ({
      path,
      kind,
      location: (rules[0] ?? defaultRule)?.location,
    }));
  }

  private entrypoint(text: string): { evaluate: Eval; rule: Rule } {
    const known = this.entrypoints.get(text);
    if (known !== undefined) return known;
    const dotted = text.includes('/') ? `data.${text.split('/').filter(Boolean).join('.')}` : text;
    const { body, rule } = this.resolveQuery(dotted, { ...EMPTY_MODULE, source: dotted });
    const [literal] = body;
    const term = literal?.kind === 'term' && body.length === 1 ? literal.term : undefined;
    if (
      term?.kind !== 'ref' ||
      typeof term.root !== 'string' ||
      !term.args.every(({ kind }) => kind === 'const')
    ) {
      throw new RegoErrors([
        new RegoError('rego_compile_error', `an entrypoint is a path like data.a.b, got: ${text}`),
      ]);
    }
    const planned = { evaluate: planTerm(term, new Site(this.program, rule, new Set()), []), rule };
    this.entrypoints.set(text, planned);
    return planned;
  }

  private resolveQuery(text: string, module: Module): { body: Literal[]; rule: Rule } {
    const resolver = new Resolver(this.world, NO_IMPORTS, []);
    const frame = new Frame();
    const body = resolver.body(parseQuery(text), new Scope(frame));
    if (resolver.errors.length > 0) throw new RegoErrors(resolver.errors);
    const location = { file: '', row: 1, col: 1 };
    return {
      body,
      rule: {
        location,
        module,
        kind: 'complete',
        isDefault: false,
        path: [],
        rest: [],
        args: [],
        key: undefined,
        value: truth(location),
        body,
        otherwise: undefined,
        registers: () => frame.size(),
        fresh: () => frame.register(),
        metadata: () => [],
      },
    };
  }

  private planQuery(text: string, module: Module): PlannedQuery {
    const { body, rule } = this.resolveQuery(text, module);
    const errors: RegoError[] = [];
    checkBody(
      body,
      { builtins: this.builtins, root: this.root, arity: this.program.arity.bind(this.program) },
      errors,
    );
    if (errors.length > 0) throw new RegoErrors(errors);
    const site = new Site(this.program, rule, new Set());
    const builders: Builder[] = planBody(body, site);
    const variables = new Map<string, number>();
    visit(body, (id, name) => {
      if (!name.startsWith('$') && site.bound.has(id)) variables.set(name, id);
    });
    return {
      run: (context) => {
        const found: Bindings<Value>[] = [];
        const r: Registers = new Array(rule.registers());
        const step = chain(builders, (_c, registers) => {
          found.push(Object.fromEntries([...variables].map(([name, id]) => [name, registers[id] as Value])));
          return false;
        });
        step(context, r);
        return found;
      },
    };
  }

  private context(options: EvaluateOptions): Context {
    for (const name in {})
      throw new RegoError('eval_internal_error', `Object.prototype was given a property: ${name}`);
    const environment: Environment = {
      budget: new Budget(options.limits, options.clock ?? monotonicClock),
      nowNs: nanoseconds(options.now),
      strictBuiltinErrors: options.strictBuiltinErrors ?? false,
      random: options.random ?? Math.random,
      print: options.print,
      tracer: options.tracer,
      kept: new Kept(),
      memoSize: Math.min(this.program.memoSize(), LARGEST_FIRST_MEMO),
      runtime: options.runtime === undefined ? {} : documentOf(options.runtime, 'runtime'),
    };
    const input = options.input === undefined ? undefined : documentOf(options.input, 'input');
    const data = options.data === undefined ? this.data : documentOf(options.data, 'data');
    return new Context(environment, input, data);
  }
}

interface PlannedQuery {
  readonly run: (context: Context) => Bindings<Value>[];
}

const NO_IMPORTS: Imports = new Map();
const EMPTY_MODULE: Module = {
  file: '',
  source: '',
  package: [],
  packageLocation: { file: '', row: 1, col: 1 },
  imports: [],
  rules: [],
  annotations: [],
  comments: [],
};

/** A policy of very many rules fills its memo as it goes. */
const LARGEST_FIRST_MEMO = 256;

const monotonicClock = (): number => performance.now();

/** Asked once for each evaluation, and only by policies that ask for the time. */
function nanoseconds(now: number | bigint | undefined): () => bigint {
  let known = typeof now === 'bigint' ? now : undefined;
  return () => {
    known ??= BigInt(Math.round(Number(now ?? Date.now()))) * 1_000_000n;
    return known;
  };
}

function documentOf(document: unknown, name: string): Value {
  try {
    return fromJson(document);
  } catch (error) {
    throw new RegoError('eval_type_error', `${name}: ${(error as Error).message}`);
  }
}

/** Turns a stack that ran out into the error of a limit: the policy nests too deeply. */
function guarded<T>(evaluate: () => T): T {
  try {
    return evaluate();
  } catch (error) {
    if (error instanceof RangeError && /call stack/i.test(error.message)) {
      throw new RegoError('eval_limit_error', 'evaluation nests too deeply for the stack');
    }
    throw error;
  }
}

function rulesetsOf(node: Node): Ruleset[] {
  const below = [...node.children.values()].flatMap(rulesetsOf);
  return node.ruleset === undefined ? below : [node.ruleset, ...below];
}
