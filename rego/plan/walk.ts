import type { Context, Eval, Overrides, Registers, Step } from '../eval/context.ts';
import { RegoObject, RegoSet } from '../value/collections.ts';
import { compare } from '../value/compare.ts';
import { type AnyObject, isObject, lookup, objectEntries, objectKeys } from '../value/object.ts';
import type { Value } from '../value/types.ts';
import type { Matcher } from './match.ts';
import type { Program } from './site.ts';
import type { Node } from './tree.ts';

/** A key of a reference below `data`: computed, or free. */
export type DataKey =
  | { readonly kind: 'value'; readonly value: Eval }
  | { readonly kind: 'free'; readonly matches: Matcher };

/** A place below `data`: what packages and rules put there, and what the base document has there. */
interface Place {
  readonly node: Node | undefined;
  readonly base: Value | undefined;
  readonly overrides: Overrides | undefined;
}

function rootPlace(program: Program, c: Context): Place {
  return settle({ node: program.root, base: c.data, overrides: c.overrides ?? undefined });
}

/** A replaced path has no rules any more. */
function settle(place: Place): Place {
  return place.overrides?.terminal === true
    ? { node: undefined, base: place.base, overrides: undefined }
    : place;
}

function stepTo(place: Place, key: Value): Place {
  const name = typeof key === 'string' ? key : undefined;
  return settle({
    node: name === undefined ? undefined : place.node?.children.get(name),
    base: lookup(place.base, key),
    overrides: name === undefined ? undefined : place.overrides?.children.get(name),
  });
}

/** The value at a place when it is decided there: a rule's, or the base document's. */
function decided(program: Program, c: Context, place: Place): { value: Value | undefined } | undefined {
  const { node } = place;
  if (node === undefined) return { value: place.base };
  if (node.ruleset === undefined) return undefined;
  if (node.ruleset.kind === 'function') return { value: undefined };
  const value = node.children.size > 0 ? program.view(node, []) : program.value(node.ruleset);
  return { value: value(c) };
}

/** The value at a path below `data`, step by step. */
export function lookupData(program: Program, c: Context, path: readonly Value[]): Value | undefined {
  let place = rootPlace(program, c);
  for (let i = 0; i < path.length; i += 1) {
    const found = decided(program, c, place);
    if (found !== undefined) {
      let value = found.value;
      for (let j = i; j < path.length && value !== undefined; j += 1) value = lookup(value, path[j] as Value);
      return value;
    }
    place = stepTo(place, path[i] as Value);
  }
  return valueAt(program, c, place);
}

/** Everything at a place: rules' values over the base document. Functions have no value. */
function valueAt(program: Program, c: Context, place: Place): Value | undefined {
  const found = decided(program, c, place);
  if (found !== undefined) return found.value;
  const node = place.node as Node;
  const result = new RegoObject();
  if (place.base !== undefined && isObject(place.base)) {
    for (const [key, value] of objectEntries(place.base)) {
      if (typeof key !== 'string' || !node.children.has(key)) result.set(key, value);
    }
  }
  for (const name of node.children.keys()) {
    const below = stepTo(place, name);
    const value = valueAt(program, c, below);
    const whole =
      value === undefined ? below.base : below.base === undefined ? value : overlay(value, below.base);
    if (whole !== undefined) result.set(name, whole);
  }
  return result;
}

/** Where rules and the base document both give a value, the document's is seen when the whole is asked for. */
function overlay(rules: Value, base: Value): Value {
  if (!isObject(rules) || !isObject(base)) return base;
  const merged = RegoObject.of(objectEntries(rules));
  for (const [key, value] of objectEntries(base)) {
    const below = merged.get(key);
    merged.set(key, below === undefined ? value : overlay(below, value));
  }
  return merged;
}

/** Everything below a package. */
export function extentOf(program: Program, node: Node): (c: Context) => Value | undefined {
  return (c) => lookupData(program, c, node.path);
}

/** Goes through all values that a reference with free keys below `data` has. */
export function enumerateData(
  program: Program,
  keys: readonly DataKey[],
  element: number,
  next: Step,
  c: Context,
  r: Registers,
): boolean {
  const visitPlace = (place: Place, at: number): boolean => {
    const found = at === keys.length ? { value: valueAt(program, c, place) } : decided(program, c, place);
    if (found !== undefined) return visitValue(found.value, at);
    const key = keys[at] as DataKey;
    if (key.kind === 'value') {
      const value = key.value(c, r);
      return value !== undefined && visitPlace(stepTo(place, value), at + 1);
    }
    for (const name of namesAt(place)) {
      c.budget.tick();
      if (key.matches(c, r, name) && visitPlace(stepTo(place, name), at + 1)) return true;
    }
    return false;
  };
  const visitValue = (value: Value | undefined, at: number): boolean => {
    if (value === undefined) return false;
    if (at === keys.length) {
      r[element] = value;
      return next(c, r);
    }
    const key = keys[at] as DataKey;
    if (key.kind === 'value') {
      const wanted = key.value(c, r);
      return wanted !== undefined && visitValue(lookup(value, wanted), at + 1);
    }
    for (const candidate of keysOf(value)) {
      c.budget.tick();
      if (key.matches(c, r, candidate) && visitValue(lookup(value, candidate), at + 1)) return true;
    }
    return false;
  };
  return visitPlace(rootPlace(program, c), 0);
}

function namesAt(place: Place): readonly Value[] {
  const names = new Set<Value>(place.node?.children.keys());
  for (const key of place.base === undefined ? [] : keysOf(place.base)) names.add(key);
  return [...names].sort(compare);
}

function keysOf(value: Value): readonly Value[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.map((_item, i) => i);
  if (value instanceof RegoSet) return value.values();
  return isObject(value) ? objectKeys(value as AnyObject) : [];
}
