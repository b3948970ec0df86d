import type { Rule, Term } from '../compile/ir.ts';
import type { Context, Eval, Registers } from '../eval/context.ts';
import type { RegoSet } from '../value/collections.ts';
import { equal } from '../value/compare.ts';
import type { Value } from '../value/types.ts';
import { ObjectBuilder } from './objects.ts';
import { type Branch, planRule } from './rule.ts';
import { buildIndex } from './rule-index.ts';
import type { Program } from './site.ts';
import type { Node, Ruleset } from './tree.ts';

const noArguments: readonly Value[] = [];

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
