import type { RegoObject, RegoSet } from './collections.ts';
import type { Decimal } from './number.ts';

/**
 * A Rego value. Scalars, arrays and JSON objects are plain JavaScript, so that an input document needs no
 * conversion. Sets, and objects that a policy builds, are `RegoSet` and `RegoObject`: keyed by value, read in
 * OPA's order. `undefined` is never a value: it is Rego's undefined.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | Decimal
  | string
  | readonly Value[]
  | JsonObject
  | RegoObject
  | RegoSet;

export interface JsonObject {
  readonly [key: string]: Value | undefined;
}

export type TypeName = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object' | 'set';
