import type { Value } from './tables.ts';

/** A parameter or a literal as a column of this type holds it. */
export function toColumn(value: Value, type: string): Value {
  if (value === null || value === undefined) return null;
  switch (type) {
    case 'jsonb':
      return typeof value === 'string' ? toJsonb(JSON.parse(value)) : value;
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

/** Postgres keeps the members of a jsonb object by length, then by bytes. The value is the caller's to give away. */
export function toJsonb(value: Value): Value {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    if (value.every((member) => typeof member !== 'object')) return value;
    for (const [index, member] of value.entries()) value[index] = toJsonb(member);
    return value;
  }
  const object = value as Record<string, Value>;
  const names = Object.keys(object);
  for (const name of names) object[name] = toJsonb(object[name]);
  if (names.every((name, at) => at === 0 || inOrder(names[at - 1] as string, name) < 0)) return object;
  return Object.fromEntries(names.sort(inOrder).map((name) => [name, object[name]]));
}

function inOrder(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
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
