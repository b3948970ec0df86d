import type { RefTerm, Term } from '../compile/ir.ts';
import { type Context, type Eval, NOTHING, type Registers, type Step } from '../eval/context.ts';
import { RegoSet } from '../value/collections.ts';
import { typeName } from '../value/compare.ts';
import { type AnyObject, lookup, lookupString, objectGet, objectKeys } from '../value/object.ts';
import type { Value } from '../value/types.ts';
import { planUnify } from './body.ts';
import { type Matcher, planMatcher } from './match.ts';
import type { Builder, Program, Site } from './site.ts';
import { planTerm } from './terms.ts';
import type { Node, Ruleset } from './tree.ts';
import { isReady } from './unify.ts';
import { type DataKey, enumerateData, lookupData } from './walk.ts';

/** Plans a reference: constant and bound keys are looked up, free keys are enumerated. */
export function planRef(ref: RefTerm, site: Site, before: Builder[]): Eval {
  if (ref.root === 'input') {
    const names = leadingNames(ref.args, 3);
    const value: Eval = names.length === 0 ? (c) => c.input : planInput(names, site.program);
    return planKeys(value, ref.args.slice(names.length), site, before);
  }
  const [first] = leadingNames(ref.args, 1);
  if (first !== undefined && ref.root !== 'data' && ref.root.kind === 'local') {
    const id = ref.root.id;
    return planKeys((_c, r) => lookupString(r[id], first), ref.args.slice(1), site, before);
  }
  if (ref.root === 'data') {
    const { value, taken } = planData(ref.args, site, before);
    return planKeys(value, ref.args.slice(taken), site, before);
  }
  return planKeys(planTerm(ref.root, site, before), ref.args, site, before);
}

/** A place of the input. Rules ask for the same few again and again: each is looked up once for an evaluation. */
function planInput(names: readonly string[], program: Program): Eval {
  const id = program.slot(['input', ...names].join('\u0000'));
  const [a, b, third] = names as [string, string, string];
  return (c) => {
    const known = c.memo[id];
    if (known !== undefined) return known === NOTHING ? undefined : known;
    let value = lookupString(c.input, a);
    if (b !== undefined) value = lookupString(value, b);
    if (third !== undefined) value = lookupString(value, third);
    c.memo[id] = value === undefined ? NOTHING : value;
    return value;
  };
}

/** The constant names that a reference starts with, so many at most. */
function leadingNames(args: readonly Term[], most: number): string[] {
  const names: string[] = [];
  for (const arg of args) {
    if (names.length === most || arg.kind !== 'const' || typeof arg.value !== 'string') break;
    names.push(arg.value);
  }
  return names;
}

function planKeys(root: Eval, args: readonly Term[], site: Site, before: Builder[]): Eval {
  let current = root;
  let at = 0;
  while (at < args.length) {
    const bound: Eval[] = [];
    const names: string[] = [];
    for (; at < args.length && isLookup(args[at] as Term, site); at += 1) {
      const arg = args[at] as Term;
      if (arg.kind === 'const' && typeof arg.value === 'string' && names.length === bound.length)
        names.push(arg.value);
      bound.push(planTerm(arg, site, before));
    }
    current = lookups(current, bound, names);
    if (at < args.length) {
      current = enumeration(current, args[at] as Term, site, before);
      at += 1;
    }
  }
  return current;
}

/** True for a key that has a value when it is reached. */
function isLookup(arg: Term, site: Site): boolean {
  return isReady(arg, site.bound);
}

/** Looks a path up; the usual path of a few constant names is unrolled. */
function lookups(root: Eval, keys: readonly Eval[], names: readonly string[]): Eval {
  if (keys.length === 0) return root;
  const [a, b, c3] = names as [string, string, string];
  if (names.length === keys.length) {
    if (names.length === 1) return (c, r) => lookupString(root(c, r), a);
    if (names.length === 2) return (c, r) => lookupString(lookupString(root(c, r), a), b);
    if (names.length === 3) {
      return (c, r) => lookupString(lookupString(lookupString(root(c, r), a), b), c3);
    }
  }
  return (c, r) => {
    let value = root(c, r);
    for (let i = 0; i < keys.length && value !== undefined; i += 1) {
      const key = (keys[i] as Eval)(c, r);
      value = key === undefined ? undefined : lookup(value, key);
    }
    return value;
  };
}

/** Goes through the elements of a collection, binding or comparing the key. */
function enumeration(source: Eval, key: Term, site: Site, before: Builder[]): Eval {
  const element = site.fresh();
  const later: (readonly [Term, Term])[] = [];
  const matches = planMatcher(key, site, later, before);
  before.push((next) => enumerate(source, matches, element, next));
  for (const [left, right] of later) planUnify(left, right, site, before);
  return (_c, r) => r[element];
}

function enumerate(source: Eval, matches: Matcher, element: number, next: Step): Step {
  return (c, r) => {
    const collection = source(c, r);
    if (typeof collection !== 'object' || collection === null) return false;
    if (Array.isArray(collection)) {
      const items = collection as readonly Value[];
      for (let i = 0; i < items.length; i += 1) {
        c.budget.tick();
        if (!matches(c, r, i)) continue;
        r[element] = items[i];
        if (next(c, r)) return true;
      }
      return false;
    }
    if (collection instanceof RegoSet) {
      for (const item of collection.values()) {
        c.budget.tick();
        if (!matches(c, r, item)) continue;
        r[element] = item;
        if (next(c, r)) return true;
      }
      return false;
    }
    if (typeName(collection) !== 'object') return false;
    const object = collection as AnyObject;
    for (const key of objectKeys(object)) {
      c.budget.tick();
      if (!matches(c, r, key)) continue;
      r[element] = objectGet(object, key);
      if (next(c, r)) return true;
    }
    return false;
  };
}

interface Planned {
  readonly value: Eval;
  /** How many of the keys the value has consumed. */
  readonly taken: number;
}

/** Follows a reference below `data` through packages and rules as far as its constant keys lead. */
function planData(args: readonly Term[], site: Site, before: Builder[]): Planned {
  const { program } = site;
  let node = program.root;
  const path: string[] = [];
  for (;;) {
    const { ruleset } = node;
    if (ruleset !== undefined) {
      if (ruleset.kind === 'object' && hasConstantPaths(node)) return planView(node, args, path, program);
      return { value: planRuleset(ruleset, path, program), taken: path.length };
    }
    const arg = args[path.length];
    if (arg === undefined) {
      return { value: unlessReplaced(program.extent(node), path, program), taken: path.length };
    }
    if (arg.kind !== 'const') return planWalk(args, site, before);
    const child: Node | undefined = typeof arg.value === 'string' ? node.children.get(arg.value) : undefined;
    if (child === undefined) return planDocument(args);
    node = child;
    path.push(arg.value as string);
  }
}

/** A path of the base document. Its keys are strings, so a whole number is looked up as its text too. */
function planDocument(args: readonly Term[]): Planned {
  const firstNumber = args.findIndex((arg) => arg.kind !== 'const' || typeof arg.value !== 'string');
  const arg = args[firstNumber];
  if (arg?.kind !== 'const' || typeof arg.value !== 'number') return { value: (c) => c.data, taken: 0 };
  const path = args.slice(0, firstNumber).map((name) => (name.kind === 'const' ? name.value : null));
  const index = arg.value;
  return {
    value: (c) => {
      let value: Value | undefined = c.data;
      for (const name of path) value = lookupString(value, name as string);
      return lookup(value, index) ?? lookupString(value, String(index));
    },
    taken: firstNumber + 1,
  };
}

/** True when a constant path can rule out some of the rules that give a partial object its keys. */
function hasConstantPaths(node: Node): boolean {
  return (
    node.children.size > 0 || (node.ruleset?.rules.some(({ rest }) => rest[0]?.kind === 'const') ?? false)
  );
}

/** A part of a partial object that has rules of its own below it: only what can be at the path is evaluated. */
function planView(node: Node, args: readonly Term[], path: readonly string[], program: Program): Planned {
  const prefix: Value[] = [];
  for (let at = path.length; at < args.length; at += 1) {
    const arg = args[at] as Term;
    if (arg.kind !== 'const' || typeof arg.value === 'object') break;
    prefix.push(arg.value);
  }
  const value = program.view(node, prefix);
  const whole = [...path, ...prefix];
  return {
    value: (c) => (c.overrides === null ? value(c) : lookupData(program, c, whole)),
    taken: whole.length,
  };
}

/** `with` can replace what stands at a path: then the slow way, step by step, finds it. */
function unlessReplaced(
  value: (c: Context) => Value | undefined,
  path: readonly string[],
  program: Program,
): Eval {
  return (c) => (c.overrides === null ? value(c) : lookupData(program, c, path));
}

/** The value of a rule set. Most are asked several times: what the evaluation has is looked at first. */
function planRuleset(ruleset: Ruleset, path: readonly string[], program: Program): Eval {
  if (ruleset.kind === 'function') return unlessReplaced(() => undefined, path, program);
  const { id } = ruleset;
  const constant = program.constant(ruleset);
  const evaluate = program.value(ruleset);
  return (c) => {
    if (c.overrides !== null) return lookupData(program, c, path);
    const found = c.memo[id];
    if (found !== undefined) return found === NOTHING ? undefined : found;
    return constant.known !== undefined && c.isPlain ? constant.known : evaluate(c);
  };
}

/** A key among packages or rules that is known only during evaluation. */
function planWalk(args: readonly Term[], site: Site, before: Builder[]): Planned {
  const { program } = site;
  const later: (readonly [Term, Term])[] = [];
  const keys = args.map((arg): DataKey => {
    if (isLookup(arg, site)) return { kind: 'value', value: planTerm(arg, site, before) };
    return { kind: 'free', matches: planMatcher(arg, site, later, before) };
  });
  const free = keys.some(({ kind }) => kind === 'free');
  if (!free) {
    const evals = keys.map((key) => (key.kind === 'value' ? key.value : () => undefined));
    return {
      taken: args.length,
      value: (c, r) => {
        const path: Value[] = [];
        for (const key of evals) {
          const value = key(c, r);
          if (value === undefined) return undefined;
          path.push(value);
        }
        return lookupData(program, c, path);
      },
    };
  }
  const element = site.fresh();
  before.push((next) => (c: Context, r: Registers) => enumerateData(program, keys, element, next, c, r));
  for (const [left, right] of later) planUnify(left, right, site, before);
  return { value: (_c, r) => r[element], taken: args.length };
}
