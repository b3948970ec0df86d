import { type RegoObject, RegoSet } from './collections.ts';
import { spend } from './fuel.ts';
import { compareNumbers, Decimal, type Num } from './number.ts';
import { isObject, objectGet, objectKeys, objectSize } from './object.ts';
import type { JsonObject, TypeName, Value } from './types.ts';

const ranks: Readonly<Record<TypeName, number>> = {
  null: 0,
  boolean: 1,
  number: 2,
  string: 3,
  array: 4,
  object: 5,
  set: 6,
};

/** The name that `type_name` gives. */
export function typeName(v: Value): TypeName {
  switch (typeof v) {
    case 'string':
      return 'string';
    case 'number':
    case 'bigint':
      return 'number';
    case 'boolean':
      return 'boolean';
    default:
  }
  if (v === null) return 'null';
  if (Array.isArray(v)) return 'array';
  if (v instanceof RegoSet) return 'set';
  if (v instanceof Decimal) return 'number';
  return 'object';
}

/** OPA's total order over all values: -1, 0 or 1. */
export function compare(a: Value, b: Value): number {
  if (a === b) return 0;
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : 1;
  const kind = typeName(a);
  const other = typeName(b);
  if (kind !== other) return ranks[kind] < ranks[other] ? -1 : 1;
  switch (kind) {
    case 'null':
      return 0;
    case 'boolean':
      return a === false ? -1 : 1;
    case 'number':
      return compareNumbers(a as Num, b as Num);
    case 'string':
      return compareStrings(a as string, b as string);
    case 'array':
      return compareArrays(a as readonly Value[], b as readonly Value[]);
    case 'object':
      return compareObjects(a as JsonObject | RegoObject, b as JsonObject | RegoObject);
    case 'set':
      return compareArrays((a as RegoSet).values(), (b as RegoSet).values());
  }
}

/** Order by code point, which is also the order of the UTF-8 bytes that Go compares. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return surrogatesLast(x) < surrogatesLast(y) ? -1 : 1;
  }
  return a.length < b.length ? -1 : 1;
}

const surrogatesLast = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

function compareArrays(a: readonly Value[], b: readonly Value[]): number {
  spend(1);
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const order = compare(a[i] as Value, b[i] as Value);
    if (order !== 0) return order;
  }
  return a.length - b.length < 0 ? -1 : a.length > b.length ? 1 : 0;
}

function compareObjects(a: JsonObject | RegoObject, b: JsonObject | RegoObject): number {
  spend(1);
  const left = objectKeys(a);
  const right = objectKeys(b);
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i += 1) {
    const key = left[i] as Value;
    const other = right[i] as Value;
    const order = compare(key, other);
    if (order !== 0) return order;
    const values = compare(objectGet(a, key) as Value, objectGet(b, other) as Value);
    if (values !== 0) return values;
  }
  return left.length < right.length ? -1 : left.length > right.length ? 1 : 0;
}

/** Equality of values. */
export function equal(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && equalArrays(a, b);
  if (Array.isArray(b)) return false;
  if (a instanceof RegoSet)
    return b instanceof RegoSet && a.size === b.size && a.canonical() === b.canonical();
  if (b instanceof RegoSet) return false;
  if (a instanceof Decimal) return b instanceof Decimal && a.exponent === b.exponent && a.digits === b.digits;
  if (b instanceof Decimal) return false;
  return isObject(a) && isObject(b) && equalObjects(a, b);
}

function equalArrays(a: readonly Value[], b: readonly Value[]): boolean {
  if (a.length !== b.length) return false;
  spend(1);
  for (let i = 0; i < a.length; i += 1) if (!equal(a[i] as Value, b[i] as Value)) return false;
  return true;
}

function equalObjects(a: JsonObject | RegoObject, b: JsonObject | RegoObject): boolean {
  if (objectSize(a) !== objectSize(b)) return false;
  spend(1);
  for (const key of objectKeys(a)) {
    const other = objectGet(b, key);
    if (other === undefined || !equal(objectGet(a, key) as Value, other)) return false;
  }
  return true;
}
