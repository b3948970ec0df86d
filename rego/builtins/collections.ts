import { add, multiply } from '../value/arithmetic.ts';
import { isNumber, RegoObject, RegoSet } from '../value/collections.ts';
import { compare, equal, typeName } from '../value/compare.ts';
import { spend } from '../value/fuel.ts';
import type { Num } from '../value/number.ts';
import { isObject, lookup, objectEntries, objectGet, objectKeys, objectSize } from '../value/object.ts';
import type { Value } from '../value/types.ts';
import {
  arrayOperand,
  type Builtin,
  BuiltinError,
  define,
  elementsOf,
  elementsOperand,
  integerOperand,
  type OperandType,
  objectOperand,
  operandError,
  setOperand,
} from './builtin.ts';

const arrayOrSet: OperandType = ['array', 'set'];

function count([collection]: readonly Value[]): Value {
  const value = collection as Value;
  if (typeof value === 'string') return [...value].length;
  const elements = elementsOf(value);
  if (elements !== undefined) return elements.length;
  if (isObject(value)) return objectSize(value);
  throw operandError(1, 'one of {array, object, set, string}', typeName(value));
}

const reduction = (name: string, start: Num, operation: (a: Num, b: Num) => Num | undefined): Builtin =>
  define(name, [arrayOrSet], 'number', (args) => {
    let result: Num = start;
    for (const element of elementsOperand(args, 1, 'one of {set, array}')) {
      if (!isNumber(element)) {
        const kind = typeName(args[0] as Value);
        throw operandError(1, `${kind} of numbers`, `${kind} containing ${typeName(element)}`);
      }
      const next = operation(result, element);
      if (next === undefined) throw new BuiltinError('number out of range');
      result = next;
    }
    return result;
  });

const extreme = (name: string, isBetter: (order: number) => boolean): Builtin =>
  define(name, [arrayOrSet], 'any', (args) => {
    let best: Value | undefined;
    for (const element of elementsOperand(args, 1, 'one of {set, array}')) {
      if (best === undefined || isBetter(compare(element, best))) best = element;
    }
    return best;
  });

function slice(args: readonly Value[]): Value {
  const array = arrayOperand(args, 1);
  const from = Math.max(0, integerOperand(args, 2));
  const to = Math.min(array.length, integerOperand(args, 3));
  return from >= to ? [] : array.slice(from, to);
}

function setsOf(args: readonly Value[]): readonly RegoSet[] {
  return setOperand(args, 1)
    .values()
    .map((element) => {
      if (!(element instanceof RegoSet))
        throw operandError(1, 'set of sets', `set containing ${typeName(element)}`);
      return element;
    });
}

const intersect = (a: RegoSet, b: RegoSet): RegoSet =>
  RegoSet.of(a.values().filter((element) => b.has(element)));
const unite = (sets: readonly RegoSet[]): RegoSet => RegoSet.of(sets.flatMap((set) => set.values()));

function member2([element, collection]: readonly Value[]): Value {
  const value = collection as Value;
  if (value instanceof RegoSet) return value.has(element as Value);
  if (Array.isArray(value)) return (value as readonly Value[]).some((item) => equal(item, element as Value));
  if (!isObject(value)) return false;
  return objectKeys(value).some((key) => equal(objectGet(value, key) as Value, element as Value));
}

function member3([key, element, collection]: readonly Value[]): Value {
  const found = lookup(collection, key as Value);
  return found !== undefined && equal(found, element as Value);
}

/** The keys that an object, a set or an array names. */
function keysOperand(args: readonly Value[], position: number): readonly Value[] {
  const value = args[position - 1] as Value;
  const keys = isObject(value) ? objectKeys(value) : elementsOf(value);
  if (keys === undefined) throw operandError(position, 'one of {object, set, array}', typeName(value));
  return keys;
}

function objectRemove(args: readonly Value[]): Value {
  const object = objectOperand(args, 1);
  const removed = RegoSet.of(keysOperand(args, 2));
  return RegoObject.of(objectEntries(object).filter(([key]) => !removed.has(key)));
}

function objectFilter(args: readonly Value[]): Value {
  const object = objectOperand(args, 1);
  const kept = RegoSet.of(keysOperand(args, 2));
  return RegoObject.of(objectEntries(object).filter(([key]) => kept.has(key)));
}

function objectGetPath(args: readonly Value[]): Value {
  const object = objectOperand(args, 1);
  const [, path, fallback] = args as [Value, Value, Value];
  if (!Array.isArray(path)) return objectGet(object, path) ?? fallback;
  let value: Value | undefined = object;
  for (const key of path as readonly Value[]) {
    value = value === undefined ? undefined : lookup(value, key);
  }
  return value ?? fallback;
}

/** What a new object takes, in values. */
const NEW_OBJECT = 40;

/** The second object over the first, objects inside merged alike. */
function mergeObjects(a: Value, b: Value): Value {
  if (!isObject(a) || !isObject(b)) return b;
  spend(NEW_OBJECT);
  const merged = RegoObject.of(objectEntries(a));
  for (const [key, value] of objectEntries(b)) {
    const below = merged.get(key);
    merged.set(key, below === undefined ? value : mergeObjects(below, value));
  }
  return merged;
}

function unionAll(args: readonly Value[]): Value {
  let merged: Value = new RegoObject();
  for (const element of arrayOperand(args, 1)) {
    if (!isObject(element))
      throw operandError(1, 'array of objects', `array containing ${typeName(element)}`);
    merged = mergeObjects(merged, element);
  }
  return merged;
}

function subset(args: readonly Value[]): Value {
  const [a, b] = args as [Value, Value];
  if (isObject(a) && isObject(b)) return isSubobject(a, b);
  if (a instanceof RegoSet && b instanceof RegoSet) return b.values().every((element) => a.has(element));
  if (Array.isArray(a) && Array.isArray(b)) return isSubarray(a as readonly Value[], b as readonly Value[]);
  if (Array.isArray(a) && b instanceof RegoSet) {
    const elements = RegoSet.of(a as readonly Value[]);
    return b.values().every((element) => elements.has(element));
  }
  throw new BuiltinError('both arguments object.subset must be of the same type or array and set');
}

function isSubobject(a: Value, b: Value): boolean {
  if (!isObject(a) || !isObject(b)) return false;
  return objectEntries(b).every(([key, wanted]) => {
    const found = objectGet(a, key);
    return found !== undefined && holds(found, wanted);
  });
}

function holds(found: Value, wanted: Value): boolean {
  spend(1);
  if (isObject(found) && isObject(wanted)) return isSubobject(found, wanted);
  if (found instanceof RegoSet && wanted instanceof RegoSet)
    return wanted.values().every((element) => found.has(element));
  if (Array.isArray(found) && Array.isArray(wanted))
    return isSubarray(found as readonly Value[], wanted as readonly Value[]);
  return equal(found, wanted);
}

/** True when `b` stands in `a` as one run. */
function isSubarray(a: readonly Value[], b: readonly Value[]): boolean {
  for (let start = 0; start + b.length <= a.length; start += 1) {
    if (b.every((element, i) => holds(a[start + i] as Value, element))) return true;
  }
  return false;
}

function flatten(items: readonly Value[]): Value[] {
  return items.flatMap((item) => (Array.isArray(item) ? (item as readonly Value[]) : [item]));
}

/** Every node of a document as [path, value], the document itself first. */
function walkAll(root: Value, charge: (size: number) => void): Value[] {
  const found: Value[] = [];
  const visit = (path: readonly Value[], value: Value): void => {
    charge(path.length + 2);
    found.push([path, value]);
    if (Array.isArray(value))
      for (const [i, item] of (value as readonly Value[]).entries()) visit([...path, i], item);
    else if (value instanceof RegoSet) for (const item of value.values()) visit([...path, item], item);
    else if (isObject(value)) for (const [key, item] of objectEntries(value)) visit([...path, key], item);
  };
  visit([], root);
  return found;
}

const typeTest = (name: string, type: ReturnType<typeof typeName>): Builtin =>
  define(name, ['any'], 'boolean', ([value]) => typeName(value as Value) === type);

export const collections: readonly Builtin[] = [
  define('count', [['array', 'object', 'set', 'string']], 'number', count),
  reduction('sum', 0, add),
  reduction('product', 1, multiply),
  extreme('max', (order) => order > 0),
  extreme('min', (order) => order < 0),
  define('sort', [arrayOrSet], 'array', (args) =>
    [...elementsOperand(args, 1, 'one of {set, array}')].sort(compare),
  ),
  define('array.concat', ['array', 'array'], 'array', (args, { budget }) => {
    const joined = [...arrayOperand(args, 1), ...arrayOperand(args, 2)];
    budget.charge(joined.length);
    return joined;
  }),
  define('array.slice', ['array', 'number', 'number'], 'array', slice),
  define('array.reverse', ['array'], 'array', (args) => [...arrayOperand(args, 1)].reverse()),
  define('array.flatten', ['array'], 'array', (args) => flatten(arrayOperand(args, 1))),
  define('and', ['set', 'set'], 'set', (args) => intersect(setOperand(args, 1), setOperand(args, 2))),
  define('or', ['set', 'set'], 'set', (args, { budget }) => {
    const union = unite([setOperand(args, 1), setOperand(args, 2)]);
    budget.charge(union.size);
    return union;
  }),
  define('intersection', ['set'], 'set', (args) => {
    const [first, ...others] = setsOf(args);
    return first === undefined ? new RegoSet() : others.reduce(intersect, first);
  }),
  define('union', ['set'], 'set', (args) => unite(setsOf(args))),
  define('internal.member_2', ['any', 'any'], 'boolean', member2),
  define('internal.member_3', ['any', 'any', 'any'], 'boolean', member3),
  define('object.get', ['object', 'any', 'any'], 'any', objectGetPath),
  define('object.keys', ['object'], 'set', (args) => RegoSet.of(objectKeys(objectOperand(args, 1)))),
  define('object.remove', ['object', ['array', 'object', 'set']], 'any', objectRemove),
  define('object.filter', ['object', ['array', 'object', 'set']], 'any', objectFilter),
  define('object.union', ['object', 'object'], 'object', (args) =>
    mergeObjects(objectOperand(args, 1), objectOperand(args, 2)),
  ),
  define('object.union_n', ['array'], 'object', unionAll),
  define(
    'object.subset',
    [
      ['array', 'object', 'set'],
      ['array', 'object', 'set'],
    ],
    'any',
    subset,
  ),
  {
    ...define('walk', ['any'], 'array', ([root], { budget }) =>
      walkAll(root as Value, (size) => budget.charge(size)),
    ),
    isRelation: true,
  },
  define('type_name', ['any'], 'string', ([value]) => typeName(value as Value)),
  typeTest('is_array', 'array'),
  typeTest('is_boolean', 'boolean'),
  typeTest('is_null', 'null'),
  typeTest('is_number', 'number'),
  typeTest('is_object', 'object'),
  typeTest('is_set', 'set'),
  typeTest('is_string', 'string'),
];
