/** One element of DER: its tag, its content, and the bytes of the whole. */
export interface Der {
  readonly tag: number;
  readonly content: Buffer;
  readonly raw: Buffer;
}

/** What is not DER, or not what was expected. */
export class DerError extends Error {}

const MOST_LENGTH_BYTES = 4;

/** The element that starts at `offset`. Throws `DerError`. */
export function readDer(bytes: Buffer, offset = 0): Der {
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f)
    throw new DerError('truncated or unknown tag');
  let length = first;
  let start = offset + 2;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > MOST_LENGTH_BYTES || start + count > bytes.length)
      throw new DerError('bad length');
    length = bytes.readUIntBE(start, count);
    start += count;
  }
  if (start + length > bytes.length) throw new DerError('truncated content');
  return { tag, content: bytes.subarray(start, start + length), raw: bytes.subarray(offset, start + length) };
}

/** The elements inside a constructed one. */
export function childrenOf({ content }: Der): Der[] {
  const found: Der[] = [];
  for (let at = 0; at < content.length; ) {
    const child = readDer(content, at);
    found.push(child);
    at += child.raw.length;
  }
  return found;
}

export const SEQUENCE = 0x30;

/** The children of a sequence. Throws `DerError` for anything else. */
export function sequenceOf(element: Der | undefined): Der[] {
  if (element?.tag !== SEQUENCE) throw new DerError('a sequence was expected');
  return childrenOf(element);
}

/** The numbers of an object identifier. */
export function objectId({ content }: Der): number[] {
  const numbers: number[] = [];
  let value = 0;
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f);
    if (byte & 0x80) continue;
    if (numbers.length === 0) {
      const first = Math.min(2, Math.floor(value / 40));
      numbers.push(first, value - first * 40);
    } else {
      numbers.push(value);
    }
    value = 0;
  }
  return numbers;
}

const BMP_STRING = 0x1e;

/** The text of a string element. */
export function derText({ tag, content }: Der): string {
  return tag === BMP_STRING ? Buffer.from(content).swap16().toString('utf16le') : content.toString('utf8');
}

/** A whole number of any size. */
export function derInteger({ content }: Der): bigint {
  const value = BigInt(`0x${content.toString('hex') || '0'}`);
  const first = content[0] ?? 0;
  return first & 0x80 ? value - (1n << BigInt(8 * content.length)) : value;
}

const UTC_TIME = 0x17;

/** A moment as RFC 3339 text. */
export function derTime(element: Der): string {
  const digits = element.content.toString('latin1').replace(/Z$/, '');
  const year = Number(digits.slice(0, 2));
  const full = element.tag === UTC_TIME ? `${year >= 50 ? '19' : '20'}${digits}` : digits;
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(full);
  if (parts === null) throw new DerError('bad time');
  const [, y, month, day, hour, minute, second] = parts;
  return `${y}-${month}-${day}T${hour}:${minute}:${second}Z`;
}
