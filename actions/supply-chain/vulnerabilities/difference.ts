import { nameKey, packageKey } from './identity.ts';
import type { Vulnerability } from './model.ts';

/** What a release adds to, keeps of and takes away from the one before. */
export interface Difference {
  readonly added: readonly Vulnerability[];
  readonly kept: readonly Vulnerability[];
  readonly removed: readonly Vulnerability[];
}

/**
 * Compares merged lists by package, version and advisory, whatever the advisory is called. A baseline that does not know
 * versions (npm audit) matches every version of the package. What is accepted is not gone, only not counted: `open` is
 * the part of `found` that counts.
 */
export function differenceOf(
  found: readonly Vulnerability[],
  baseline: readonly Vulnerability[],
  open: readonly Vulnerability[] = found,
): Difference {
  const { true: kept = [], false: added = [] } = groupByPresence(open, baseline);
  return { added, kept, removed: groupByPresence(baseline, found).false ?? [] };
}

function groupByPresence(
  list: readonly Vulnerability[],
  among: readonly Vulnerability[],
): Partial<Record<'true' | 'false', Vulnerability[]>> {
  const isThere = indexOf(among);
  return Object.groupBy(list, (one) => (isThere(one) ? 'true' : 'false'));
}

/** Tells whether an entry is among these. Their keys are made once; those without versions when one asks for them. */
function indexOf(entries: readonly Vulnerability[]): (one: Vulnerability) => boolean {
  const keys = new Set<string>();
  let versionless = false;
  for (const one of entries) {
    versionless ||= one.version === '';
    for (const key of keysOf(one, one.version !== '')) keys.add(key);
  }
  let names: ReadonlySet<string> | undefined;
  return (one) => {
    if (one.version !== '')
      return keysOf(one, true).some((key) => keys.has(key)) || (versionless && named(one, keys));
    names ??= new Set(entries.flatMap((entry) => keysOf(entry, false)));
    return named(one, names);
  };
}

function named(one: Vulnerability, keys: ReadonlySet<string>): boolean {
  return keysOf(one, false).some((key) => keys.has(key));
}

function keysOf(one: Vulnerability, withVersion: boolean): string[] {
  const base = withVersion ? packageKey(one) : nameKey(one);
  return one.ids.map((id) => `${base} ${id.toUpperCase()}`);
}
