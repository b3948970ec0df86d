/** A place for people and for annotations, both 1-based. Columns count UTF-16 code units, as SARIF and editors do. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** As `placesIn`, for the line alone. */
export function linesIn(text: Uint8Array): (offset: number) => number {
  const starts = lineStarts(text);
  return (offset) => lastAtOrBefore(starts, offset) + 1;
}

/** Turns the parser's positions (bytes of UTF-8) into lines and columns of the file. */
export function placesIn(text: Uint8Array): (offset: number) => Place {
  const starts = lineStarts(text);
  const decoder = new TextDecoder();
  return (offset) => {
    const line = lastAtOrBefore(starts, offset);
    const start = starts[line] ?? 0;
    // Most lines are ASCII up to there: nothing has to be decoded to count.
    const plain = isAscii(text, start, offset);
    const before = plain ? offset - start : decoder.decode(text.subarray(start, offset)).length;
    return { line: line + 1, column: before + 1 };
  };
}

function isAscii(text: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if ((text[at] ?? 0) > 127) return false;
  return true;
}

/** Byte offset of the n-th code point: what Postgres reports for a syntax error. */
export function byteOfCodePoint(text: Uint8Array, codePoint: number): number {
  let seen = -1;
  for (let at = 0; at < text.length; at++) {
    const continues = ((text[at] ?? 0) & 0xc0) === 0x80;
    if (!continues && ++seen === codePoint) return at;
  }
  return text.length;
}

function lineStarts(text: Uint8Array): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf(10); at >= 0; at = text.indexOf(10, at + 1)) starts.push(at + 1);
  return starts;
}

function lastAtOrBefore(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
