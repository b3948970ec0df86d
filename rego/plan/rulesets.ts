import type { Rule, Term } from '../compile/ir.ts';
import {
  type CallFunction,
  type Context,
  conflict,
  type Eval,
  type Registers,
  type Step,
} from '../eval/context.ts';
import { RegoSet } from '../value/collections.ts';
import { equal } from '../value/compare.ts';
import type { Value } from '../value/types.ts';
import { type Branch, planRule, type RulePlan } from './rule.ts';
import { buildIndex } from './rule-index.ts';
import type { Program } from './site.ts';
import type { Ruleset } from './tree.ts';

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

const noArguments: readonly Value[] = [];

const valueHead = (rule: Rule): readonly Term[] => [rule.value];

/** The one value that all branches of all rules would give, when it is the same constant. */
function commonValue(plans: readonly RulePlan[]): Value | undefined {
  const values = plans.flatMap(({ branches }) => branches.map(({ constant }) => constant));
  const [first] = values;
  const same = first !== undefined && values.every((value) => value !== undefined && equal(value, first));
  return same ? first : undefined;
}

interface SinglePlan {
  readonly plan: RulePlan;
  readonly run: (c: Context, args: readonly Value[]) => Value | undefined;
}

/** Evaluates rules that define one value: of a document, or of a function for given arguments. */
function planSingle(
  program: Program,
  ruleset: Ruleset,
  message: string,
): (c: Context, args?: readonly Value[]) => Value | undefined {
  const plans = ruleset.rules.map((rule) => planRule(program, rule, valueHead));
  const common = commonValue(plans);
  const index = buildIndex(
    plans.map((plan): [Rule, SinglePlan] => [plan.rule, { plan, run: singleValue(plan, message) }]),
  );
  const fallback =
    ruleset.defaultRule === undefined
      ? undefined
      : singleValue(planRule(program, ruleset.defaultRule, valueHead), message);
  const only = index.flat?.length === 1 ? index.flat[0] : undefined;
  if (only !== undefined) {
    return (c, args = noArguments) => {
      c.budget.enter();
      let result = only.run(c, args);
      if (result === undefined && fallback !== undefined) result = fallback(c, args);
      c.budget.leave();
      return result;
    };
  }
  const { flat } = index;
  if (flat !== undefined && common !== undefined) {
    return (c, args = noArguments) => {
      c.budget.enter();
      let result: Value | undefined;
      for (let i = 0; i < flat.length && result === undefined; i += 1)
        result = (flat[i] as SinglePlan).run(c, args);
      if (result === undefined && fallback !== undefined) result = fallback(c, args);
      c.budget.leave();
      return result;
    };
  }
  return (c, args = noArguments) => {
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

/** The value of a complete document. */
export function planComplete(program: Program, ruleset: Ruleset): (c: Context) => Value | undefined {
  return planSingle(program, ruleset, 'complete rules must not produce multiple outputs');
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
  const run = (c: Context, set: RegoSet, { size, step }: { size: number; step: Step }): boolean => {
    const r: Registers = new Array(size);
    r[0] = set;
    step(c, r);
    return false;
  };
  const { flat } = index;
  return (c) => {
    c.budget.enter();
    const set = new RegoSet();
    if (flat === undefined) index.each(c, noArguments, (rule) => run(c, set, rule));
    else for (let i = 0; i < flat.length; i += 1) run(c, set, flat[i] as { size: number; step: Step });
    c.budget.leave();
    return set;
  };
}
