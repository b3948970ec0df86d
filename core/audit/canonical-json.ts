import { InternalError } from '../errors.ts';

/**
 * RFC 8785 (JSON Canonicalization Scheme): one text for one JSON value, whatever wrote it. Numbers and strings
 * are serialised as ECMAScript does, members are sorted by UTF-16 code units. A member whose value is
 * `undefined` is left out, as `JSON.stringify` does.
 *
 * @throws InternalError `NOT_JSON` for what JSON cannot carry: NaN, infinities, functions, dates and other
 * class instances, `undefined` in an array, lone surrogates, cycles.
 */
export function canonicalJson(value: unknown): string {
  return serialise(value, '$', new Set());
}

function serialise(value: unknown, place: string, parents: Set<object>): string {
  switch (typeof value) {
    case 'boolean':
      return value ? 'true' : 'false';
    case 'number':
      if (!Number.isFinite(value)) throw notJson(place, String(value));
      return JSON.stringify(value);
    case 'string':
      if (!value.isWellFormed()) throw notJson(place, 'a string with a lone surrogate');
      return JSON.stringify(value);
    case 'object':
      return value === null ? 'null' : serialiseObject(value, place, parents);
    default:
      throw notJson(place, typeof value);
  }
}

function serialiseObject(value: object, place: string, parents: Set<object>): string {
  if (parents.has(value)) throw notJson(place, 'a cycle');
  parents.add(value);
  const text = Array.isArray(value)
    ? serialiseArray(value, place, parents)
    : serialiseMembers(value, place, parents);
  parents.delete(value);
  return text;
}

function serialiseArray(items: readonly unknown[], place: string, parents: Set<object>): string {
  const texts = Array.from(items, (item, index) => serialise(item, `${place}[${index}]`, parents));
  return `[${texts.join(',')}]`;
}

function serialiseMembers(value: object, place: string, parents: Set<object>): string {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw notJson(place, value.constructor.name);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([key, member]) => `${serialise(key, place, parents)}:${serialise(member, `${place}.${key}`, parents)}`,
    );
  return `{${members.join(',')}}`;
}

function notJson(place: string, found: string): InternalError {
  return new InternalError(
    'NOT_JSON',
    `expected a JSON value at ${place}, found ${found}`,
    'pass plain data only',
  );
}
