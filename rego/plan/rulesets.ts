import type { Literal, Rule, Term } from '../compile/ir.ts';
import { pathText } from '../compile/names.ts';
import {
  type CallFunction,
  type Context,
  conflict,
  type Eval,
  NOTHING,
  type Registers,
  type Step,
} from '../eval/context.ts';
import { RegoSet } from '../value/collections.ts';
import { equal } from '../value/compare.ts';
import type { Value } from '../value/types.ts';
import { buildIndex } from './index.ts';
import { ObjectBuilder } from './objects.ts';
import { chain, type Program, Site } from './site.ts';
import { constantValue, planHeads } from './terms.ts';
import type { Node, Ruleset } from './tree.ts';

/** One rule, ready to run on a fresh frame. */
interface RulePlan {
  readonly rule: Rule;
  /** Registers that receive the arguments. */
  readonly arguments: readonly number[];
  readonly branches: readonly Branch[];
  /** Registers of a frame. */
  readonly size: number;
}

/** One branch of a rule: its body with its head at the end. */
interface Branch {
  readonly before: (last: Step) => Step;
  readonly heads: readonly Eval[];
  readonly constant: Value | undefined;
}

function planRule(program: Program, rule: Rule, headsOf: (rule: Rule) => readonly Term[]): RulePlan {
  const slots: number[] = [];
  const literals: Literal[] = [];
  const bound = new Set<number>();
  for (const arg of rule.args) {
    const slot = arg.kind === 'local' && !bound.has(arg.id) ? arg.id : rule.fresh();
    slots.push(slot);
    bound.add(slot);
    if (arg.kind === 'local' && arg.id === slot) continue;
    const left: Term = { kind: 'local', location: arg.location, id: slot, name: `$${slot}` };
    literals.push({ kind: 'unify', location: arg.location, withs: [], written: false, left, right: arg });
  }
  const branches: Branch[] = [];
  for (let branch: Rule | undefined = rule; branch !== undefined; branch = branch.otherwise) {
    const heads = headsOf(branch);
    const planned = planHeads([...literals, ...branch.body], heads, new Site(program, branch, bound));
    const traced = program.instrument?.around({
      kind: 'rule',
      location: branch.location,
      text: pathText(branch.path),
      variables: [],
    });
    const builders = traced === undefined ? planned.before : [traced.before, ...planned.before, traced.after];
    branches.push({
      before: (last) => chain(builders, last),
      heads: planned.evals,
      constant: heads.length === 1 ? constantValue(heads[0] as Term) : undefined,
    });
  }
  return { rule, arguments: slots, branches, size: rule.registers() };
}

/** Runs a rule's branches until one gives a value; two different values of one branch are a conflict. */
function singleValue(
  plan: RulePlan,
  message: string,
): (c: Context, args: readonly Value[]) => Value | undefined {
  const steps = plan.branches.map((branch): Step => {
    const [head] = branch.heads as [Eval];
    const fixed = branch.constant;
    if (fixed !== undefined) {
      return branch.before((_c, r) => {
        r[0] = fixed;
        return true;
      });
    }
    return branch.before((c, r) => {
      const value = head(c, r);
      const earlier = r[0];
      if (earlier === undefined) r[0] = value;
      else if (value !== undefined && !equal(earlier, value)) throw conflict(message, plan.rule.location);
      return false;
    });
  });
  const { arguments: slots, size } = plan;
  return (c, args) => {
    const r: Registers = new Array(size);
    for (let i = 0; i < slots.length; i += 1) r[slots[i] as number] = args[i];
    for (const step of steps) {
      step(c, r);
      if (r[0] !== undefined) return r[0];
    }
    return undefined;
  };
}

const valueHead = (rule: Rule): readonly Term[] => [rule.value];

/** The one value that all branches of all rules would give, when it is the same constant. */
function commonValue(plans: readonly RulePlan[]): Value | undefined {
  const values = plans.flatMap(({ branches }) => branches.map(({ constant }) => constant));
  const [first] = values;
  const same = first !== undefined && values.every((value) => value !== undefined && equal(value, first));
  return same ? first : undefined;
}

/** Evaluates rules that define one value: of a document, or of a function for given arguments. */
function planSingle(program: Program, ruleset: Ruleset, message: string): CallFunction {
  const plans = ruleset.rules.map((rule) => planRule(program, rule, valueHead));
  const common = commonValue(plans);
  const index = buildIndex(
    plans.map((plan) => [plan.rule, { plan, run: singleValue(plan, message) }] as const),
  );
  const fallback =
    ruleset.defaultRule === undefined
      ? undefined
      : singleValue(planRule(program, ruleset.defaultRule, valueHead), message);
  const only = index.flat?.length === 1 ? index.flat[0] : undefined;
  if (only !== undefined) {
    return (c, args) => {
      c.budget.enter();
      let result = only.run(c, args);
      if (result === undefined && fallback !== undefined) result = fallback(c, args);
      c.budget.leave();
      return result;
    };
  }
  return (c, args) => {
    c.budget.enter();
    let result: Value | undefined;
    index.each(c, args, ({ plan, run }) => {
      const value = run(c, args);
      if (value === undefined) return false;
      if (result === undefined) result = value;
      else if (!equal(result, value)) throw conflict(message, plan.rule.location);
      return common !== undefined;
    });
    if (result === undefined && fallback !== undefined) result = fallback(c, args);
    c.budget.leave();
    return result;
  };
}

const noArguments: readonly Value[] = [];

/** The value of a complete document. */
export function planComplete(program: Program, ruleset: Ruleset): (c: Context) => Value | undefined {
  const evaluate = planSingle(program, ruleset, 'complete rules must not produce multiple outputs');
  return (c) => evaluate(c, noArguments);
}

/** A function of its arguments. */
export function planFunction(program: Program, ruleset: Ruleset): CallFunction {
  return planSingle(program, ruleset, 'functions must not produce multiple outputs for same inputs');
}

/** A partial set. */
export function planSet(program: Program, ruleset: Ruleset): (c: Context) => Value {
  const plans = ruleset.rules.map((rule) => planRule(program, rule, (one) => [one.key as Term]));
  const index = buildIndex(
    plans.map((plan) => {
      const [branch] = plan.branches as [Branch];
      const [head] = branch.heads as [Eval];
      const step = branch.before((c, r) => {
        c.budget.charge(2);
        (r[0] as RegoSet).add(head(c, r) as Value);
        return branch.constant !== undefined;
      });
      return [plan.rule, { size: plan.size, step }] as const;
    }),
  );
  return (c) => {
    c.budget.enter();
    const set = new RegoSet();
    index.each(c, noArguments, ({ size, step }) => {
      const r: Registers = new Array(size);
      r[0] = set;
      step(c, r);
      return false;
    });
    c.budget.leave();
    return set;
  };
}

/** Reports each solution of the rules of a partial object: the path and the value or set element there. */
type Solutions = (c: Context, prefix: readonly Value[], found: Found) => void;
type Found = (path: readonly Value[], value: Value, rule: Rule) => void;

export function planSolutions(program: Program, ruleset: Ruleset): Solutions {
  const plans = ruleset.rules.map((rule) => {
    const plan = planRule(program, rule, (one) => [
      ...one.rest,
      one.kind === 'set' ? (one.key as Term) : one.value,
    ]);
    const [branch] = plan.branches as [Branch];
    const keys = branch.heads.slice(0, -1);
    const head = branch.heads.at(-1) as Eval;
    const step = branch.before((c, r) => {
      c.budget.charge(2);
      const report = r[0] as unknown as Found;
      report(
        keys.map((key) => key(c, r) as Value),
        head(c, r) as Value,
        rule,
      );
      return false;
    });
    return { rule, step, size: plan.size };
  });
  const index = buildIndex(plans.map((plan) => [plan.rule, plan] as const));
  return (c, prefix, found) => {
    c.budget.enter();
    index.each(c, noArguments, ({ rule, step, size }) => {
      if (!canMatch(rule, prefix)) return false;
      const r: Registers = new Array(size);
      r[0] = found as unknown as Value;
      step(c, r);
      return false;
    });
    c.budget.leave();
  };
}

/** False when a constant key of the rule rules out the path that is asked for. */
function canMatch(rule: Rule, prefix: readonly Value[]): boolean {
  return rule.rest.every((term, i) => {
    const wanted = prefix[i];
    return wanted === undefined || term.kind !== 'const' || equal(term.value, wanted);
  });
}

/** What partial object rules and the rules below them give at a constant path. */
export function planView(
  node: Node,
  prefix: readonly Value[],
  documentOf: (ruleset: Ruleset) => (c: Context) => Value | undefined,
  solutionsOf: (ruleset: Ruleset) => Solutions,
): (c: Context) => Value | undefined {
  const collect = (at: Node, path: readonly Value[], c: Context, into: ObjectBuilder): void => {
    const ruleset = at.ruleset;
    const first = ruleset?.rules[0] ?? ruleset?.defaultRule;
    if (ruleset !== undefined && first !== undefined) {
      if (ruleset.kind === 'object') collectObject(ruleset, first, path, c, into);
      else if (ruleset.kind !== 'function') collectValue(ruleset, first, path, c, into);
    }
    for (const [name, child] of at.children) {
      const wanted = prefix[path.length];
      if (wanted === undefined || wanted === name) collect(child, [...path, name], c, into);
    }
  };
  const collectObject = (
    ruleset: Ruleset,
    first: Rule,
    path: readonly Value[],
    c: Context,
    into: ObjectBuilder,
  ): void => {
    into.ensureObject(path, first.location);
    solutionsOf(ruleset)(c, prefix.slice(path.length), (rest, value, rule) => {
      const whole = [...path, ...rest];
      for (let i = 0; i < prefix.length && i < whole.length; i += 1) {
        if (!equal(prefix[i] as Value, whole[i] as Value)) return;
      }
      if (rule.kind === 'set') into.insertElement(whole, value, rule.location);
      else into.insert(whole, value, rule.location);
    });
  };
  const collectValue = (
    ruleset: Ruleset,
    first: Rule,
    path: readonly Value[],
    c: Context,
    into: ObjectBuilder,
  ): void => {
    const value = documentOf(ruleset)(c);
    if (ruleset.kind === 'set') {
      into.insertElement(path, undefined, first.location);
      for (const element of (value as RegoSet).values()) into.insertElement(path, element, first.location);
    } else if (value !== undefined) {
      into.insert(path, value, first.location);
    }
  };
  return (c) => {
    const builder = new ObjectBuilder();
    collect(node, [], c, builder);
    return builder.valueAt(prefix);
  };
}

/** Evaluates once per context. */
export function memoised(
  id: number,
  evaluate: (c: Context) => Value | undefined,
): (c: Context) => Value | undefined {
  return (c) => {
    const known = c.memo[id];
    if (known !== undefined) return known === NOTHING ? undefined : known;
    const value = evaluate(c);
    c.memo[id] = value === undefined ? NOTHING : value;
    return value;
  };
}

/** A value that depends on nothing that a caller or `with` can change: known after the first evaluation. */
export interface ConstantDocument {
  known: Value | undefined;
}

/** Evaluates once for all. Undefined is not kept: it costs little to find again. */
export function constantDocument(
  holder: ConstantDocument,
  evaluate: (c: Context) => Value | undefined,
): (c: Context) => Value | undefined {
  return (c) => {
    if (!c.isPlain) return evaluate(c);
    if (holder.known === undefined) holder.known = evaluate(c);
    return holder.known;
  };
}
