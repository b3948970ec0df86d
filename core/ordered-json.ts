/**
 * One text for values that differ in the order of keys alone: JSON that came out of `jsonb` has another order than what
 * went in. Takes whatever `JSON.stringify` takes and throws only where that does; `canonicalJson` is for what is signed.
 */
export function orderedJson(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
