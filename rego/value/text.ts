import { RegoObject, RegoSet } from './collections.ts';
import { typeName } from './compare.ts';
import { type Num, numberText } from './number.ts';
import { type AnyObject, objectEntries } from './object.ts';
import type { Value } from './types.ts';

/** A text that is the same for equal values and only for them. Used as a Map key, never shown. */
export function canonicalText(v: Value): string {
  if (typeof v === 'string') return JSON.stringify(v);
  if (typeof v !== 'object' || v === null) return String(v);
  if (Array.isArray(v)) return `[${v.map(canonicalText).join(',')}]`;
  if (v instanceof RegoSet || v instanceof RegoObject) return v.canonical();
  if (typeName(v) === 'number') return numberText(v as Num);
  return `{${objectEntries(v as AnyObject)
    .map(([key, value]) => `${canonicalText(key)}:${canonicalText(value)}`)
    .join(',')}}`;
}

/** The value as Rego text, in the spacing that OPA prints: `{"a": [1, 2]}`, `{1, 2}`, `set()`. */
export function regoText(v: Value): string {
  switch (typeName(v)) {
    case 'null':
      return 'null';
    case 'boolean':
      return String(v);
    case 'number':
      return numberText(v as Num);
    case 'string':
      return goQuote(v as string);
    case 'array':
      return `[${(v as readonly Value[]).map(regoText).join(', ')}]`;
    case 'set': {
      const values = (v as RegoSet).values();
      return values.length === 0 ? 'set()' : `{${values.map(regoText).join(', ')}}`;
    }
    case 'object':
      return `{${objectEntries(v as AnyObject)
        .map(([key, value]) => `${regoText(key)}: ${regoText(value)}`)
        .join(', ')}}`;
  }
}

/** A string in double quotes with JSON escapes. */
export function goQuote(s: string): string {
  return JSON.stringify(s);
}
