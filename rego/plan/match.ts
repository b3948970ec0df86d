import type { Term } from '../compile/ir.ts';
import type { Context, Eval, Registers } from '../eval/context.ts';
import { equal } from '../value/compare.ts';
import { isObject, objectGet, objectSize } from '../value/object.ts';
import type { Value } from '../value/types.ts';
import { planUnify } from './body.ts';
import type { Builder, Site } from './site.ts';
import { planTerm } from './terms.ts';

/** Compares a value with a pattern and fills the pattern's variables. */
export type Matcher = (c: Context, r: Registers, value: Value) => boolean;

/** Matches the value of `source` against a pattern; what needs enumeration inside the pattern comes after. */
export function planMatch(pattern: Term, source: Eval, site: Site, builders: Builder[]): void {
  const later: (readonly [Term, Term])[] = [];
  if (pattern.kind === 'local' && !site.bound.has(pattern.id)) {
    const id = pattern.id;
    builders.push({
      test: (c, r) => {
        const value = source(c, r);
        r[id] = value;
        return value !== undefined;
      },
    });
    site.bound.add(id);
    return;
  }
  const matcher = planMatcher(pattern, site, later, builders);
  builders.push({
    test: (c, r) => {
      const value = source(c, r);
      return value !== undefined && matcher(c, r, value);
    },
  });
  for (const [left, right] of later) planUnify(left, right, site, builders);
}

/**
 * The test of one value against a pattern. Parts that are no plain pattern get a register and are unified
 * afterwards (`later`); keys of object patterns are computed before (`before`).
 */
export function planMatcher(
  pattern: Term,
  site: Site,
  later: (readonly [Term, Term])[],
  before: Builder[],
): Matcher {
  switch (pattern.kind) {
    case 'const': {
      const wanted = pattern.value;
      return (_c, _r, value) => equal(value, wanted);
    }
    case 'local': {
      const id = pattern.id;
      if (site.bound.has(id)) return (_c, r, value) => equal(r[id] as Value, value);
      site.bound.add(id);
      return (_c, r, value) => {
        r[id] = value;
        return true;
      };
    }
    case 'array': {
      const items = pattern.items.map((item) => planMatcher(item, site, later, before));
      return (c, r, value) => {
        if (!Array.isArray(value) || value.length !== items.length) return false;
        for (let i = 0; i < items.length; i += 1)
          if (!(items[i] as Matcher)(c, r, value[i] as Value)) return false;
        return true;
      };
    }
    case 'object': {
      const entries = pattern.entries.map(
        ([key, value]) => [planTerm(key, site, before), planMatcher(value, site, later, before)] as const,
      );
      return (c, r, value) => {
        if (!isObject(value) || objectSize(value) !== entries.length) return false;
        for (const [keyOf, matches] of entries) {
          const key = keyOf(c, r);
          const part = key === undefined ? undefined : objectGet(value, key);
          if (part === undefined || !matches(c, r, part)) return false;
        }
        return true;
      };
    }
    default: {
      const id = site.fresh();
      site.bound.add(id);
      later.push([{ kind: 'local', location: pattern.location, id, name: `$${id}` }, pattern]);
      return (_c, r, value) => {
        r[id] = value;
        return true;
      };
    }
  }
}
