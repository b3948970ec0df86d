/** A zip of ours, taken apart: what stands where. */
export interface ZipParts {
  /** Each entry with its header. */
  readonly blocks: readonly Uint8Array[];
  /** Each line of the directory. */
  readonly lines: readonly Uint8Array[];
  readonly end: Uint8Array;
}

interface Entry {
  readonly path: string;
  readonly bytes: Uint8Array;
}

const localBytes = 30;
const centralBytes = 46;

/** Where each part begins: local headers, names, contents, directory entries, end record. */
export function boundariesOf(entries: readonly Entry[]): readonly number[] {
  const found: number[] = [];
  let at = 0;
  for (const { path, bytes } of entries) {
    found.push(at, at + localBytes, at + localBytes + path.length);
    at += localBytes + path.length + bytes.length;
  }
  for (const { path } of entries) {
    found.push(at, at + centralBytes);
    at += centralBytes + path.length;
  }
  return [...found, at];
}

/** Every byte that is not content of an entry. */
export function structureOf(zip: Uint8Array, entries: readonly Entry[]): readonly number[] {
  const offsets: number[] = [];
  let at = 0;
  for (const { path, bytes } of entries) {
    for (let n = 0; n < localBytes + path.length; n++) offsets.push(at + n);
    at += localBytes + path.length + bytes.length;
  }
  for (; at < zip.length; at++) offsets.push(at);
  return offsets;
}

export function partsOf(zip: Uint8Array, entries: readonly Entry[]): ZipParts {
  let at = 0;
  const cut = (length: number): Uint8Array => {
    at += length;
    return zip.slice(at - length, at);
  };
  const blocks = entries.map(({ path, bytes }) => cut(localBytes + path.length + bytes.length));
  const lines = entries.map(({ path }) => cut(centralBytes + path.length));
  return { blocks, lines, end: zip.slice(at) };
}
