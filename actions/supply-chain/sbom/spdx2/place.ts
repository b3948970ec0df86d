/**
 * A part of the document, as `packages[3].checksums[0]`. Its text is put together only when there is something
 * to say of it: a document has tens of thousands of places and hardly ever a problem.
 */
export interface Place {
  readonly within: Place | null;
  readonly name: string;
  /** Null when `name` is no list. */
  readonly index: number | null;
}

/** Null is the document itself. */
export function placeOf(place: Place | null, key: string): string {
  if (place === null) return key;
  const { within, name, index } = place;
  return `${placeOf(within, index === null ? name : `${name}[${index}]`)}.${key}`;
}
