/** A seed for one run of one cell: the same on every machine, whichever worker runs it (FNV-1a). */
export function seedOf(name: string, run: number): number {
  let hash = 0x811c9dc5;
  for (const character of `${name}/${run}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return hash;
}
