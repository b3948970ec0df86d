import { FormatError } from '../model.ts';

/** A result may be as large as this, unpacked: an hour of raw samples at some thousand requests a minute. */
export const largestResult = 256 * 1_024 * 1_024;

/** The text of a result file: unpacked when it is gzip, in UTF-8 or, as PowerShell redirects, UTF-16. */
export function textOf(bytes: Uint8Array): string {
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? unpacked(bytes) : bytes;
  const [first, second] = plain;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  // The decoder takes the byte order mark away.
  return new TextDecoder(encoding).decode(plain);
}

function unpacked(bytes: Uint8Array): Uint8Array {
  try {
    return process.getBuiltinModule('node:zlib').gunzipSync(bytes, { maxOutputLength: largestResult });
  } catch (error) {
    const tooLarge = error instanceof RangeError;
    throw new FormatError(
      tooLarge ? `larger than ${largestResult} bytes when unpacked` : 'not whole gzip: cut off',
    );
  }
}
