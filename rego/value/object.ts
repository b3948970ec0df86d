import { RegoObject, RegoSet } from './collections.ts';
import { compareStrings } from './compare.ts';
import { Decimal } from './number.ts';
import { Special } from './special.ts';
import type { JsonObject, Value } from './types.ts';

export type AnyObject = JsonObject | RegoObject;

/** True for objects of both representations. */
export function isObject(v: Value): v is AnyObject {
  return (
    typeof v === 'object' &&
    v !== null &&
    !Array.isArray(v) &&
    !(v instanceof RegoSet) &&
    !(v instanceof Decimal)
  );
}

/**
 * An own property of a JSON object: `__proto__` and `constructor` are ordinary absent keys. What objects inherit
 * are functions, which JSON has none of, so asking for own properties, which costs more than reading, is left to
 * the rare cases. (An evaluation refuses to start when `Object.prototype` has been given further properties.)
 */
function ownProperty(object: JsonObject, key: string): Value | undefined {
  const found = object[key];
  if (typeof found !== 'function' && key !== '__proto__') return found;
  return Object.hasOwn(object, key) ? found : undefined;
}

/** The value at a key. */
export function objectGet(object: AnyObject, key: Value): Value | undefined {
  if (object instanceof RegoObject) return object.get(key);
  return typeof key === 'string' ? ownProperty(object, key) : undefined;
}

/** The keys in OPA's order. */
export function objectKeys(object: AnyObject): readonly Value[] {
  if (object instanceof RegoObject) return object.keys();
  const keys = Object.keys(object);
  let defined = true;
  let sorted = true;
  for (let i = 0; i < keys.length; i += 1) {
    if (object[keys[i] as string] === undefined) defined = false;
    if (i > 0 && compareStrings(keys[i - 1] as string, keys[i] as string) > 0) sorted = false;
  }
  const present = defined ? keys : keys.filter((key) => object[key] !== undefined);
  return sorted ? present : present.sort(compareStrings);
}

export function objectSize(object: AnyObject): number {
  return object instanceof RegoObject ? object.size : objectKeys(object).length;
}

/** Entries in OPA's order. */
export function objectEntries(object: AnyObject): [Value, Value][] {
  return objectKeys(object).map((key) => [key, objectGet(object, key) as Value]);
}

/** What `value[key]` is: an array element, an object value, a set element; undefined otherwise. */
export function lookup(value: Value | undefined, key: Value): Value | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return typeof key === 'number' ? (value as readonly Value[])[key] : undefined;
  if (value instanceof RegoObject) return value.get(key);
  if (value instanceof RegoSet) return value.has(key) ? key : undefined;
  if (value instanceof Decimal) return undefined;
  return typeof key === 'string' ? ownProperty(value as JsonObject, key) : undefined;
}

/** `lookup` for a key that is known to be a string. */
export function lookupString(value: Value | undefined, key: string): Value | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (value instanceof Special || Array.isArray(value)) return lookup(value, key);
  return ownProperty(value as JsonObject, key);
}
