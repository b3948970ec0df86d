import { checkBody, type Signatures } from './compile/check.ts';
import type { Literal, Rule } from './compile/ir.ts';
import type { Imports } from './compile/names.ts';
import { Resolver } from './compile/resolve.ts';
import { truth, type World } from './compile/resolve-terms.ts';
import { Frame, Scope } from './compile/scope.ts';
import { RegoError, RegoErrors } from './errors.ts';
import type { Context, Registers } from './eval/context.ts';
import type { Bindings } from './options.ts';
import { planBody } from './plan/body.ts';
import { visit } from './plan/order.ts';
import type { PlannedProgram } from './plan/program.ts';
import { chain, Site } from './plan/site.ts';
import { planTerm } from './plan/terms.ts';
import type { Module } from './syntax/ast.ts';
import { parseQuery } from './syntax/parser.ts';
import type { Value } from './value/types.ts';

const noImports: Imports = new Map();
const nowhere = { file: '', row: 1, col: 1 };
/** Plans that are kept; a caller that makes up queries without end starts over. */
const MOST_KEPT = 1000;

type Solve<T> = (c: Context) => T;

/** Plans queries and entrypoints of a policy, each text once. */
export class Queries {
  private readonly world: World;
  private readonly program: PlannedProgram;
  private readonly signatures: Signatures;
  private readonly entrypoints = new Map<string, Solve<Value | undefined>>();
  private readonly queries = new Map<string, Solve<Bindings<Value>[]>>();

  constructor(world: World, program: PlannedProgram, signatures: Signatures) {
    this.world = world;
    this.program = program;
    this.signatures = signatures;
  }

  /** `data.a.b` or `a/b`. */
  entrypoint(text: string): Solve<Value | undefined> {
    return kept(this.entrypoints, text, () => this.planEntrypoint(text));
  }

  query(text: string): Solve<Bindings<Value>[]> {
    return kept(this.queries, text, () => this.planQuery(text));
  }

  private planEntrypoint(text: string): Solve<Value | undefined> {
    const dotted = text.includes('/') ? `data.${text.split('/').filter(Boolean).join('.')}` : text;
    const { body, rule } = this.resolve(dotted);
    const [literal] = body;
    const term = literal?.kind === 'term' && body.length === 1 ? literal.term : undefined;
    const isPath =
      term?.kind === 'ref' &&
      typeof term.root === 'string' &&
      term.args.every(({ kind }) => kind === 'const');
    if (term === undefined || !isPath) {
      const message = `an entrypoint is a path like data.a.b, got: ${text}`;
      throw new RegoErrors([new RegoError('rego_compile_error', message)]);
    }
    const evaluate = planTerm(term, new Site(this.program, rule, new Set()), []);
    return (c) => evaluate(c, new Array(rule.registers()));
  }

  private planQuery(text: string): Solve<Bindings<Value>[]> {
    const { body, rule } = this.resolve(text);
    const errors: RegoError[] = [];
    checkBody(body, this.signatures, errors);
    if (errors.length > 0) throw new RegoErrors(errors);
    const site = new Site(this.program, rule, new Set());
    const builders = planBody(body, site);
    const variables = new Map<string, number>();
    visit(body, (id, name) => {
      if (!name.startsWith('$') && site.bound.has(id)) variables.set(name, id);
    });
    return (c) => {
      const found: Bindings<Value>[] = [];
      const step = chain(builders, (_c, r) => {
        found.push(Object.fromEntries([...variables].map(([name, id]) => [name, r[id] as Value])));
        return false;
      });
      const registers: Registers = new Array(rule.registers());
      step(c, registers);
      return found;
    };
  }

  /** A query as the body of a rule that has no name. */
  private resolve(text: string): { body: Literal[]; rule: Rule } {
    const resolver = new Resolver(this.world, noImports, []);
    const frame = new Frame();
    const body = resolver.body(parseQuery(text), new Scope(frame));
    if (resolver.errors.length > 0) throw new RegoErrors(resolver.errors);
    const rule: Rule = {
      location: nowhere,
      module: moduleOf(text),
      kind: 'complete',
      isDefault: false,
      path: [],
      rest: [],
      args: [],
      key: undefined,
      value: truth(nowhere),
      body,
      otherwise: undefined,
      registers: () => frame.size(),
      fresh: () => frame.register(),
      metadata: () => [],
    };
    return { body, rule };
  }
}

function moduleOf(source: string): Module {
  return {
    file: '',
    source,
    package: [],
    packageLocation: nowhere,
    imports: [],
    rules: [],
    annotations: [],
    comments: [],
  };
}

function kept<T>(plans: Map<string, T>, text: string, plan: () => T): T {
  const known = plans.get(text);
  if (known !== undefined) return known;
  if (plans.size >= MOST_KEPT) plans.clear();
  const made = plan();
  plans.set(text, made);
  return made;
}
