import type { Value } from './tables.ts';
import { compare } from './values.ts';

const ordered =
  (test: (order: number) => boolean) =>
  (a: Value, b: Value): Value => {
    const order = compare(a, b);
    return order === null ? null : test(order);
  };
const onNumbers =
  (apply: (a: number, b: number) => number) =>
  (a: Value, b: Value): Value =>
    a === null || b === null ? null : apply(Number(a), Number(b));

/** What an operator makes of two values; with a null it is null. */
export const operators: Readonly<Record<string, (a: Value, b: Value) => Value>> = {
  '=': ordered((order) => order === 0),
  '<>': ordered((order) => order !== 0),
  '<': ordered((order) => order < 0),
  '<=': ordered((order) => order <= 0),
  '>': ordered((order) => order > 0),
  '>=': ordered((order) => order >= 0),
  '+': onNumbers((a, b) => a + b),
  '-': onNumbers((a, b) => a - b),
  '||': (a, b) => {
    if (a === null || b === null) return null;
    return typeof a === 'object' ? { ...a, ...(b as object) } : `${String(a)}${String(b)}`;
  },
  '->': (a, b) => (a as Record<string, Value> | null)?.[String(b)] ?? null,
  '->>': (a, b) => {
    const member = (a as Record<string, Value> | null)?.[String(b)] ?? null;
    return member === null ? null : typeof member === 'object' ? JSON.stringify(member) : String(member);
  },
};
