import { compare } from './compare.ts';
import { spend } from './fuel.ts';
import { Decimal } from './number.ts';
import { Special } from './special.ts';
import { canonicalObject, canonicalText } from './text.ts';
import type { Value } from './types.ts';

type Scalar = null | boolean | number | bigint | string;

/** True when a JavaScript Map can hold the value as a key by itself. */
function isScalar(v: Value): v is Scalar {
  return typeof v !== 'object' || v === null;
}

const NONE: readonly Value[] = [];

function isSorted(values: readonly Value[]): boolean {
  for (let i = 1; i < values.length; i += 1)
    if (compare(values[i - 1] as Value, values[i] as Value) > 0) return false;
  return true;
}

/** A set of values, keyed by value. Filled while it is built, never changed after that. */
export class RegoSet extends Special {
  /** Made when the first element comes: many sets of a policy stay empty. */
  private scalars: Set<Scalar> | undefined;
  private composites: Map<string, Value> | undefined;
  private ordered: readonly Value[] | undefined;
  private text: string | undefined;

  static of(values: Iterable<Value>): RegoSet {
    const set = new RegoSet();
    for (const value of values) set.add(value);
    return set;
  }

  get size(): number {
    return (this.scalars?.size ?? 0) + (this.composites?.size ?? 0);
  }

  /** Adds while building. */
  add(value: Value): this {
    this.ordered = undefined;
    this.text = undefined;
    if (isScalar(value)) {
      this.scalars ??= new Set();
      this.scalars.add(value);
    } else {
      this.composites ??= new Map();
      const key = canonicalText(value);
      if (!this.composites.has(key)) this.composites.set(key, value);
    }
    return this;
  }

  has(value: Value): boolean {
    if (isScalar(value)) return this.scalars?.has(value) ?? false;
    return this.composites?.has(canonicalText(value)) ?? false;
  }

  /** The elements in OPA's order. */
  values(): readonly Value[] {
    this.ordered ??=
      this.size === 0 ? NONE : [...(this.scalars ?? []), ...(this.composites?.values() ?? [])].sort(compare);
    return this.ordered;
  }

  /** A text that is equal for equal sets, kept after the first call. */
  canonical(): string {
    this.text ??= `<${this.values().map(canonicalText).join(',')}>`;
    spend(this.text.length);
    return this.text;
  }
}

/** An object with keys of any type, keyed by value. Filled while it is built, never changed after that. */
export class RegoObject extends Special {
  private readonly scalars = new Map<Scalar, Value>();
  private composites: Map<string, readonly [Value, Value]> | undefined;
  private ordered: readonly Value[] | undefined;
  private text: string | undefined;

  static of(entries: Iterable<readonly [Value, Value]>): RegoObject {
    const object = new RegoObject();
    for (const [key, value] of entries) object.set(key, value);
    return object;
  }

  get size(): number {
    return this.scalars.size + (this.composites?.size ?? 0);
  }

  /** Sets while building. */
  set(key: Value, value: Value): this {
    this.ordered = undefined;
    this.text = undefined;
    if (isScalar(key)) {
      this.scalars.set(key, value);
    } else {
      this.composites ??= new Map();
      this.composites.set(canonicalText(key), [key, value]);
    }
    return this;
  }

  get(key: Value): Value | undefined {
    if (isScalar(key)) return this.scalars.get(key);
    return this.composites?.get(canonicalText(key))?.[1];
  }

  /** The keys in OPA's order. */
  keys(): readonly Value[] {
    if (this.ordered === undefined) {
      const keys: Value[] = [...this.scalars.keys()];
      if (this.composites !== undefined) for (const [key] of this.composites.values()) keys.push(key);
      this.ordered = isSorted(keys) ? keys : keys.sort(compare);
    }
    return this.ordered;
  }

  canonical(): string {
    this.text ??= canonicalObject(this);
    spend(this.text.length);
    return this.text;
  }
}

/** True for numbers of every representation. */
export function isNumber(v: Value): v is number | bigint | Decimal {
  return typeof v === 'number' || typeof v === 'bigint' || v instanceof Decimal;
}
