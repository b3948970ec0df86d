import { RegoObject, RegoSet } from './collections.ts';
import { typeName } from './compare.ts';
import { spend } from './fuel.ts';
import { type Num, numberText } from './number.ts';
import { type AnyObject, objectEntries, objectGet, objectKeys } from './object.ts';
import type { Value } from './types.ts';

/** A text that is the same for equal values and only for them. Used as a Map key, never shown. */
export function canonicalText(v: Value): string {
  // The length says where a text ends, so that nothing in it needs an escape.
  if (typeof v === 'string') return `"${v.length}:${v}`;
  if (typeof v !== 'object' || v === null) return String(v);
  if (Array.isArray(v)) {
    spend(v.length + 1);
    let text = '[';
    for (let i = 0; i < v.length; i += 1) text += `${canonicalText(v[i] as Value)},`;
    return `${text}]`;
  }
  if (v instanceof RegoSet || v instanceof RegoObject) return v.canonical();
  if (typeName(v) === 'number') return numberText(v as Num);
  spend(1);
  return canonicalObject(v as AnyObject);
}

/** Entries in OPA's order, whichever representation the object has. */
export function canonicalObject(v: AnyObject): string {
  let text = '{';
  for (const key of objectKeys(v))
    text += `${canonicalText(key)}:${canonicalText(objectGet(v, key) ?? null)},`;
  return `${text}}`;
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
      spend((v as string).length);
      return goQuote(v as string);
    case 'array':
      spend((v as readonly Value[]).length + 1);
      return `[${(v as readonly Value[]).map(regoText).join(', ')}]`;
    case 'set': {
      const values = (v as RegoSet).values();
      spend(values.length + 1);
      return values.length === 0 ? 'set()' : `{${values.map(regoText).join(', ')}}`;
    }
    case 'object':
      spend(1);
      return `{${objectEntries(v as AnyObject)
        .map(([key, value]) => `${regoText(key)}: ${regoText(value)}`)
        .join(', ')}}`;
  }
}

/** A string in double quotes with JSON escapes. */
export function goQuote(s: string): string {
  return JSON.stringify(s);
}
