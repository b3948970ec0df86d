import type { Builtin } from '../builtins/builtin.ts';
import type { Callee, CallTerm, Rule } from '../compile/ir.ts';
import type { Location } from '../errors.ts';
import type { CallFunction, Context, Eval, Step } from '../eval/context.ts';
import type { Value } from '../value/types.ts';
import type { Instrument } from './instrument.ts';
import type { Node, Ruleset } from './tree.ts';

/**
 * One part of a body: a test, which holds once or not at all, or a way to wrap what comes after into a step that
 * leads to it, perhaps several times.
 */
export type Builder = { readonly test: Step } | ((next: Step) => Step);

/** What planning needs of the whole policy. Rule sets are planned when they are first asked. */
export interface Program {
  readonly root: Node;
  readonly instrument: Instrument | undefined;
  builtin(name: string): Builtin | undefined;
  arity(call: CallTerm): number;
  /** The value of a complete rule, a set, or a whole partial object. */
  value(ruleset: Ruleset): (c: Context) => Value | undefined;
  /** Where the value is kept, once it is known, when it depends on nothing. */
  constant(ruleset: Ruleset): { readonly known: Value | undefined };
  /** A place in the memo of an evaluation for what is always the same under this key. */
  slot(key: string): number;
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

/** Chains builders in front of a last step; tests in a row become one step. */
export function chain(builders: readonly Builder[], last: Step): Step {
  let step = last;
  let tests: Step[] = [];
  for (const builder of builders.toReversed()) {
    if (typeof builder === 'object') {
      tests.unshift(builder.test);
      continue;
    }
    step = builder(inFront(tests, step));
    tests = [];
  }
  return inFront(tests, step);
}

function inFront(tests: readonly Step[], next: Step): Step {
  const [a, b, third, d] = tests as [Step, Step, Step, Step];
  switch (tests.length) {
    case 0:
      return next;
    case 1:
      return (c, r) => a(c, r) && next(c, r);
    case 2:
      return (c, r) => a(c, r) && b(c, r) && next(c, r);
    case 3:
      return (c, r) => a(c, r) && b(c, r) && third(c, r) && next(c, r);
    case 4:
      return (c, r) => a(c, r) && b(c, r) && third(c, r) && d(c, r) && next(c, r);
    default:
      return (c, r) => {
        for (let i = 0; i < tests.length; i += 1) if (!(tests[i] as Step)(c, r)) return false;
        return next(c, r);
      };
  }
}

export const constant =
  (value: Value): Eval =>
  () =>
    value;
