import { compare, equal } from '../value/compare.ts';
import type { Value } from '../value/types.ts';

/** The comparison operators by the names of their built-ins. They take all values and are never mocked. */
export const comparisons: Readonly<Record<string, ((a: Value, b: Value) => boolean) | undefined>> = {
  __proto__: null as never,
  equal,
  neq: (a, b) => !equal(a, b),
  lt: (a, b) => (typeof a === 'number' && typeof b === 'number' ? a < b : compare(a, b) < 0),
  lte: (a, b) => (typeof a === 'number' && typeof b === 'number' ? a <= b : compare(a, b) <= 0),
  gt: (a, b) => (typeof a === 'number' && typeof b === 'number' ? a > b : compare(a, b) > 0),
  gte: (a, b) => (typeof a === 'number' && typeof b === 'number' ? a >= b : compare(a, b) >= 0),
};
