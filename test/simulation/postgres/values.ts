import type { Value } from './tables.ts';

/** A parameter or a literal as a column of this type holds it. */
export function toColumn(value: Value, type: string): Value {
  if (value === null || value === undefined) return null;
  switch (type) {
    case 'jsonb':
      return toJsonb(typeof value === 'string' ? JSON.parse(value) : value);
    case 'timestamptz':
      return value instanceof Date ? value : new Date(String(value));
    case 'int8':
    case 'int4':
    case 'bigint':
      return Number(value);
    case 'bytea':
      return Buffer.from(value as Uint8Array);
    default:
      return value;
  }
}

/** Postgres keeps the members of a jsonb object by length, then by bytes; what is read must not be written to. */
export function toJsonb(value: Value): Value {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return Object.freeze(value.map(toJsonb));
  const members = Object.entries(value).sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1));
  return Object.freeze(Object.fromEntries(members.map(([key, member]) => [key, toJsonb(member)])));
}

/** SQL's order; null when one of them is null. */
export function compare(a: Value, b: Value): number | null {
  if (a === null || b === null || a === undefined || b === undefined) return null;
  const left = a instanceof Date ? a.getTime() : (a as number | string);
  const right = b instanceof Date ? b.getTime() : (b as number | string);
  return left === right ? 0 : left < right ? -1 : 1;
}

export function cast(value: Value, type: string): Value {
  if (value === null || value === undefined) return null;
  switch (type) {
    case 'bool':
      return value === true || value === 'true' || value === 't';
    case 'text':
      return typeof value === 'object' ? JSON.stringify(value) : String(value);
    case 'int4':
    case 'int8':
    case 'numeric':
    case 'float8':
      return Number(value);
    case 'timestamptz':
      return value instanceof Date ? value : new Date(String(value));
    case 'jsonb':
      return toColumn(value, 'jsonb');
    default:
      throw new Error(`the simulated Postgres cannot cast to ${type}`);
  }
}
