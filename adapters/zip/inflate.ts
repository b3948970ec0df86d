import { inflateRawSync } from 'node:zlib';
import { badArchive } from './bad-archive.ts';

/** Inflates to exactly `size` bytes from exactly the given ones: never more, and with nothing left over. */
export function inflateExactly(name: string, packed: Uint8Array, size: number): Uint8Array {
  const { bytes, consumed } = inflate(name, packed, size);
  if (bytes.length !== size) throw badArchive(name, `expected ${size} bytes, unpacked ${bytes.length}`);
  if (consumed !== packed.length) throw badArchive(name, `${packed.length - consumed} bytes follow its data`);
  return bytes;
}

function inflate(name: string, packed: Uint8Array, size: number): { bytes: Uint8Array; consumed: number } {
  try {
    // With `info`, Node answers with the engine too; its types do not say so.
    const result = inflateRawSync(packed, { maxOutputLength: size + 1, info: true }) as unknown as {
      buffer: Uint8Array;
      engine: { bytesWritten: number };
    };
    return { bytes: result.buffer, consumed: result.engine.bytesWritten };
  } catch {
    throw badArchive(name, `does not unpack to ${size} bytes`);
  }
}
