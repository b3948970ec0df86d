import { isNumber, RegoObject, RegoSet } from '../value/collections.ts';
import { typeName } from '../value/compare.ts';
import type { Value } from '../value/types.ts';

/**
 * Short ways for the calls that policies make most: the result for the usual operands, or undefined where the
 * built-in itself must be asked. They give what the built-in would give, without its ceremony.
 */
export type Direct = (a: Value, b: Value) => Value | undefined;

const strings =
  (operation: (a: string, b: string) => Value): Direct =>
  (a, b) =>
    typeof a === 'string' && typeof b === 'string' ? operation(a, b) : undefined;

const integers =
  (operation: (a: number, b: number) => number): Direct =>
  (a, b) => {
    if (typeof a !== 'number' || typeof b !== 'number' || !Number.isInteger(a) || !Number.isInteger(b))
      return undefined;
    const result = operation(a, b);
    return Number.isSafeInteger(result) ? result + 0 : undefined;
  };

/** Texts up to this length need no accounting. */
const SHORT = 256;

const shortStrings =
  (operation: (a: string, b: string) => Value): Direct =>
  (a, b) =>
    typeof a === 'string' && typeof b === 'string' && a.length < SHORT && b.length < SHORT
      ? operation(a, b)
      : undefined;

const isScalar = (v: Value): boolean => typeof v !== 'object' || v === null;

const member: Direct = (element, collection) => {
  if (collection instanceof RegoSet) return collection.has(element);
  return Array.isArray(collection) && isScalar(element)
    ? (collection as readonly Value[]).includes(element)
    : undefined;
};

const count: Direct = (collection) => {
  if (Array.isArray(collection)) return collection.length;
  return collection instanceof RegoSet || collection instanceof RegoObject ? collection.size : undefined;
};

export const directs: ReadonlyMap<string, Direct> = new Map<string, Direct>([
  ['internal.member_2', member],
  ['count', count],
  ['is_string', (v) => typeof v === 'string'],
  ['is_boolean', (v) => typeof v === 'boolean'],
  ['is_number', (v) => isNumber(v)],
  ['is_null', (v) => v === null],
  ['is_array', (v) => Array.isArray(v)],
  ['is_object', (v) => typeName(v) === 'object'],
  ['type_name', typeName],
  ['plus', integers((a, b) => a + b)],
  ['minus', integers((a, b) => a - b)],
  ['mul', integers((a, b) => a * b)],
  ['lower', (a) => (typeof a === 'string' && a.length < SHORT ? a.toLowerCase() : undefined)],
  ['upper', (a) => (typeof a === 'string' && a.length < SHORT ? a.toUpperCase() : undefined)],
  ['trim_prefix', shortStrings((a, b) => (a.startsWith(b) ? a.slice(b.length) : a))],
  ['trim_suffix', shortStrings((a, b) => (b !== '' && a.endsWith(b) ? a.slice(0, -b.length) : a))],
  ['split', shortStrings((a, b) => (b === '' ? Array.from(a) : a.split(b)))],
  ['startswith', strings((a, b) => a.startsWith(b))],
  ['endswith', strings((a, b) => a.endsWith(b))],
  ['contains', strings((a, b) => a.includes(b))],
]);
