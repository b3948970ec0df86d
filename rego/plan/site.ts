import type { Builtin } from '../builtins/builtin.ts';
import type { Callee, CallTerm, Rule } from '../compile/ir.ts';
import type { Location } from '../errors.ts';
import type { CallFunction, Context, Eval, Step } from '../eval/context.ts';
import type { Value } from '../value/types.ts';
import type { Instrument } from './instrument.ts';
import type { Node, Ruleset } from './tree.ts';

/** Wraps what comes after into a step that leads to it. */
export type Builder = (next: Step) => Step;

/** What planning needs of the whole policy. Rule sets are planned when they are first asked. */
export interface Program {
  readonly root: Node;
  readonly instrument: Instrument | undefined;
  builtin(name: string): Builtin | undefined;
  arity(call: CallTerm): number;
  /** The value of a complete rule, a set, or a whole partial object. */
  value(ruleset: Ruleset): (c: Context) => Value | undefined;
  /** The value at a constant path inside a partial object. */
  view(node: Node, prefix: readonly Value[]): (c: Context) => Value | undefined;
  /** Everything below a package. */
  extent(node: Node): (c: Context) => Value | undefined;
  function(callee: Callee, location: Location): CallFunction;
  metadata(rule: Rule): { chain: Value; rule: Value };
}

/** The place that is planned: a body of a rule, with what has a value there. */
export class Site {
  readonly program: Program;
  readonly rule: Rule;
  readonly bound: Set<number>;

  constructor(program: Program, rule: Rule, bound: ReadonlySet<number>) {
    this.program = program;
    this.rule = rule;
    this.bound = new Set(bound);
  }

  /** A nested body: what it binds stays inside. */
  nested(): Site {
    return new Site(this.program, this.rule, this.bound);
  }

  fresh(): number {
    return this.rule.fresh();
  }
}

/** Chains builders in front of a last step. */
export function chain(builders: readonly Builder[], last: Step): Step {
  return builders.reduceRight((next, builder) => builder(next), last);
}

export const constant =
  (value: Value): Eval =>
  () =>
    value;
