import { RegoSet } from './collections.ts';
import { typeName } from './compare.ts';
import { spend } from './fuel.ts';
import { Decimal, fromBigInt, type Num, numberText, parseNumber, toDouble } from './number.ts';
import { type AnyObject, objectEntries, objectGet, objectKeys } from './object.ts';
import { Special } from './special.ts';
import type { Value } from './types.ts';

/** Plain JSON data, as a caller sees it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Parses JSON text and keeps every digit of its numbers. Throws `SyntaxError`. */
export function parseJson(text: string): Value {
  const exactly = (_key: string, value: unknown, context?: { source?: string }): unknown =>
    typeof value === 'number' && context?.source !== undefined
      ? (parseNumber(context.source) ?? value)
      : value;
  return JSON.parse(text, exactly) as Value;
}

/** The value as JSON text: sets become arrays, keys that are no strings become their JSON text. */
export function jsonText(v: Value, escapeHtml = false): string {
  return write(v, escapeHtml ? goString : JSON.stringify);
}

function write(v: Value, quote: (s: string) => string): string {
  switch (typeName(v)) {
    case 'null':
      return 'null';
    case 'boolean':
      return String(v);
    case 'number':
      return numberText(v as Num);
    case 'string':
      spend((v as string).length);
      return quote(v as string);
    case 'array':
      spend((v as readonly Value[]).length + 1);
      return `[${(v as readonly Value[]).map((item) => write(item, quote)).join(',')}]`;
    case 'set':
      spend(1);
      return `[${(v as RegoSet)
        .values()
        .map((item) => write(item, quote))
        .join(',')}]`;
    case 'object':
      spend(1);
      return `{${objectEntries(v as AnyObject)
        .map(([key, value]) => `${quote(keyText(key))}:${write(value, quote)}`)
        .join(',')}}`;
  }
}

/** Go's encoding/json escapes the characters that are special in HTML. */
function goString(s: string): string {
  return JSON.stringify(s).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** How a key is written in JSON, where only strings can be keys. */
export function keyText(key: Value): string {
  return typeof key === 'string' ? key : jsonText(key);
}

/** The value as plain JSON data. Numbers beyond a double are rounded to the nearest one. */
export function toJson(v: Value): Json {
  if (typeof v !== 'object' || v === null) return typeof v === 'bigint' ? Number(v) : v;
  spend(8);
  if (Array.isArray(v)) return v.map(toJson);
  if (v instanceof RegoSet) return v.values().map(toJson);
  if (v instanceof Decimal) return toDouble(v);
  const result: Record<string, Json> = {};
  const object = v as AnyObject;
  for (const key of objectKeys(object)) define(result, keyText(key), toJson(objectGet(object, key) as Value));
  return result;
}

/** Sets an own property, whatever its name. */
function define(target: Record<string, Json>, key: string, value: Json): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    target[key] = value;
  }
}

/** How deep a document may be nested. */
const DEEPEST = 1000;

/**
 * Checks that a caller's document is plain JSON data (as a tree of at most `budget` nodes) and returns it as a
 * value. Throws `TypeError` with the path of what is not JSON.
 */
export function fromJson(document: unknown, budget = Number.POSITIVE_INFINITY): Value {
  const state = { left: budget };
  const wrong = misfit(document, 0, state);
  if (wrong !== undefined) throw new TypeError(`not a JSON document: ${wrong}`);
  return document as Value;
}

function misfit(node: unknown, depth: number, state: { left: number }): string | undefined {
  state.left -= 1;
  switch (typeof node) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'bigint':
      return typeof fromBigInt(node) === 'bigint' ? undefined : 'a bigint that fits a number';
    case 'number':
      return Number.isFinite(node) ? undefined : `${node} is no JSON number`;
    case 'object':
      break;
    default:
      return `${typeof node} is no JSON type`;
  }
  if (node === null) return undefined;
  if (state.left < 0) return 'too many values';
  if (depth > DEEPEST) return `nested deeper than ${DEEPEST}`;
  if (Array.isArray(node)) {
    for (let i = 0; i < node.length; i += 1) {
      const item: unknown = node[i];
      const wrong = isLeaf(item) ? count(state) : misfit(item, depth + 1, state);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  }
  const prototype = Object.getPrototypeOf(node);
  if (prototype !== Object.prototype && prototype !== null) {
    if (node instanceof Special) return undefined;
    if (Object.getPrototypeOf(prototype) !== null) return 'an instance of a class';
  }
  for (const key in node) {
    const child = (node as Record<string, unknown>)[key];
    if (child === undefined) continue;
    const wrong = isLeaf(child) ? count(state) : misfit(child, depth + 1, state);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/** What most of a document is, and what is always JSON. */
function isLeaf(node: unknown): boolean {
  return typeof node === 'string' || typeof node === 'boolean' || node === null;
}

function count(state: { left: number }): undefined {
  state.left -= 1;
}
