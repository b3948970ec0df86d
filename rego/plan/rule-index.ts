import { elementsOf } from '../builtins/builtin.ts';
import type { Literal, Rule, Term } from '../compile/ir.ts';
import type { Context } from '../eval/context.ts';
import { lookupString } from '../value/object.ts';
import type { Value } from '../value/types.ts';
import { constantValue } from './terms.ts';

type Scalar = Exclude<Value, object> | null;

/** What a rule asks of one place: it can only succeed when one of these scalars stands there. */
interface Condition {
  readonly place: Place;
  readonly values: readonly Scalar[];
}

/** A path below the input document or below an argument. */
interface Place {
  readonly key: string;
  readonly argument: number | undefined;
  readonly path: readonly string[];
}

/** Finds the rules of a rule set that can succeed, without trying the others. */
export interface RuleIndex<T> {
  /** All rules, where there is nothing to choose by. */
  readonly flat: readonly T[] | undefined;
  /** Calls back for each candidate until one answers true. */
  each(c: Context, args: readonly Value[], visit: (rule: T) => boolean): boolean;
}

/** Below this an index costs more than trying every rule. */
const FEWEST = 4;

export function buildIndex<T>(rules: readonly (readonly [Rule, T])[]): RuleIndex<T> {
  return indexOf(rules.map(([rule, plan]) => ({ plan, conditions: conditionsOf(rule) })));
}

interface Entry<T> {
  readonly plan: T;
  readonly conditions: readonly Condition[];
}

function indexOf<T>(entries: readonly Entry<T>[]): RuleIndex<T> {
  const place = entries.length < FEWEST ? undefined : mostAskedPlace(entries);
  return place === undefined
    ? new AllRules(entries.map(({ plan }) => plan))
    : new RulesByValue(entries, place);
}

class AllRules<T> implements RuleIndex<T> {
  readonly flat: readonly T[];

  constructor(plans: readonly T[]) {
    this.flat = plans;
  }

  each(_c: Context, _args: readonly Value[], visit: (rule: T) => boolean): boolean {
    for (let i = 0; i < this.flat.length; i += 1) if (visit(this.flat[i] as T)) return true;
    return false;
  }
}

class RulesByValue<T> implements RuleIndex<T> {
  readonly flat = undefined;
  private readonly place: Place;
  private readonly general: RuleIndex<T>;
  private readonly byValue = new Map<Value, RuleIndex<T>>();

  constructor(entries: readonly Entry<T>[], place: Place) {
    this.place = place;
    const general: Entry<T>[] = [];
    const groups = new Map<Value, Entry<T>[]>();
    for (const { plan, conditions } of entries) {
      const condition = conditions.find((candidate) => candidate.place.key === place.key);
      const others = conditions.filter((candidate) => candidate.place.key !== place.key);
      const entry = { plan, conditions: others };
      if (condition === undefined) general.push(entry);
      for (const value of condition?.values ?? []) {
        const group = groups.get(value);
        if (group === undefined) groups.set(value, [entry]);
        else group.push(entry);
      }
    }
    this.general = indexOf(general);
    for (const [value, group] of groups) this.byValue.set(value, indexOf(group));
  }

  each(c: Context, args: readonly Value[], visit: (rule: T) => boolean): boolean {
    if (this.general.each(c, args, visit)) return true;
    const { argument, path } = this.place;
    let value = argument === undefined ? c.input : args[argument];
    for (let i = 0; i < path.length; i += 1) value = lookupString(value, path[i] as string);
    const group = value === undefined ? undefined : this.byValue.get(value);
    return group?.each(c, args, visit) ?? false;
  }
}

function mostAskedPlace<T>(entries: readonly Entry<T>[]): Place | undefined {
  const counts = new Map<string, { place: Place; count: number }>();
  for (const { conditions } of entries) {
    for (const { place } of conditions) {
      const found = counts.get(place.key) ?? { place, count: 0 };
      found.count += 1;
      counts.set(place.key, found);
    }
  }
  let best: { place: Place; count: number } | undefined;
  for (const found of counts.values()) if (found.count > (best?.count ?? 1)) best = found;
  return best?.place;
}

/** Conditions of the body's equalities and of constant arguments. A rule with `else` can always succeed. */
function conditionsOf(rule: Rule): Condition[] {
  if (rule.otherwise !== undefined) return [];
  const places = new Map<number, Place>();
  const found = new Map<string, Condition>();
  const note = (condition: Condition | undefined): void => {
    if (condition !== undefined && !found.has(condition.place.key)) found.set(condition.place.key, condition);
  };
  rule.args.forEach((arg, i) => {
    const place = { key: `${i}`, argument: i, path: [] };
    if (arg.kind === 'local') places.set(arg.id, place);
    if (arg.kind === 'const') note(condition(place, [arg.value]));
  });
  for (const literal of rule.body) {
    if (literal.withs.length > 0) continue;
    note(conditionOf(literal, places));
    noteAlias(literal, places);
  }
  return [...found.values()];
}

/** `x := input.a` lets `x` stand for the place. */
function noteAlias(literal: Literal, places: Map<number, Place>): void {
  if (literal.kind !== 'unify' || literal.left.kind !== 'local' || places.has(literal.left.id)) return;
  const place = placeOf(literal.right, places);
  if (place !== undefined) places.set(literal.left.id, place);
}

function conditionOf(literal: Literal, places: ReadonlyMap<number, Place>): Condition | undefined {
  if (literal.kind === 'unify') return equality(literal.left, literal.right, places);
  if (literal.kind !== 'term' || literal.term.kind !== 'call' || literal.term.callee.kind !== 'builtin')
    return undefined;
  const [left, right] = literal.term.args as [Term, Term];
  switch (literal.term.callee.name) {
    case 'equal':
      return equality(left, right, places);
    case 'internal.member_2': {
      const place = placeOf(left, places);
      const collection = constantValue(right);
      const values = collection === undefined ? undefined : elementsOf(collection);
      return place === undefined || values === undefined ? undefined : condition(place, values);
    }
    default:
      return undefined;
  }
}

function equality(left: Term, right: Term, places: ReadonlyMap<number, Place>): Condition | undefined {
  const place = placeOf(left, places) ?? placeOf(right, places);
  const value = left.kind === 'const' ? left : right;
  return place === undefined || value.kind !== 'const' ? undefined : condition(place, [value.value]);
}

function condition(place: Place, values: readonly Value[]): Condition | undefined {
  const scalars = values.every((value) => typeof value !== 'object' || value === null);
  return scalars ? { place, values: values as readonly Scalar[] } : undefined;
}

function placeOf(term: Term, places: ReadonlyMap<number, Place>): Place | undefined {
  if (term.kind === 'local') return places.get(term.id);
  if (term.kind !== 'ref' || !term.args.every((arg) => arg.kind === 'const' && typeof arg.value === 'string'))
    return undefined;
  const path = term.args.map((arg) => (arg.kind === 'const' ? (arg.value as string) : ''));
  if (term.root === 'input') return { key: `input\u0000${path.join('\u0000')}`, argument: undefined, path };
  if (term.root === 'data' || term.root.kind !== 'local') return undefined;
  const base = places.get(term.root.id);
  if (base === undefined) return undefined;
  const whole = [...base.path, ...path];
  const head = base.argument === undefined ? 'input' : `${base.argument}`;
  return { key: [head, ...whole].join('\u0000'), argument: base.argument, path: whole };
}
