/**
 * Text of a document in UTF-8 or UTF-16, with or without its mark. Throws `TypeError` for bytes that are neither:
 * a document is refused rather than misread.
 */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
}

/** Without a mark, the zero byte beside the first (ASCII) character tells the order. */
function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first === 0 && second !== 0 && second !== undefined) return 'utf-16be';
  return second === 0 && first !== 0 && first !== undefined ? 'utf-16le' : 'utf-8';
}

/** Whether this is the first character that says something; in all of these encodings it is one byte beside zeros. */
export function startsWith(bytes: Uint8Array, character: '{' | '<'): boolean {
  const first = bytes.find((byte) => !passedOver.has(byte));
  return first === character.charCodeAt(0);
}

/** The marks of UTF-8 and UTF-16, the zero beside an ASCII character, and white space. */
const passedOver = new Set([0xef, 0xbb, 0xbf, 0xff, 0xfe, 0x00, 0x20, 0x09, 0x0a, 0x0d]);

/** Control characters that JSON forbids inside text; some tools copy them from file contents. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to go
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g;

/** `JSON.parse`, and once more without control characters when that failed because of them. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const cleaned = text.replace(controls, '');
    if (cleaned.length === text.length) throw error;
    return JSON.parse(cleaned);
  }
}
