import type { ByteSource } from '../ports/blob-store.ts';

/** Bytes read at a time: large enough for a bucket, small enough for a small machine. */
export const blockBytes = 4 * 1_024 * 1_024;

/** Bytes in memory, as a source. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
  };
}

/** A source from its first byte to its last. The next block is asked for while this one is used. */
export async function* blocksOf(source: ByteSource): AsyncGenerator<Uint8Array> {
  let next = source.read(0, blockBytes);
  for (let at = 0; at < source.size; at += blockBytes) {
    const block = await next;
    if (at + blockBytes < source.size) {
      next = source.read(at + blockBytes, blockBytes);
      next.catch(() => {}); // reported when its turn comes
    }
    yield block;
  }
}

/** All of a source in one piece. */
export async function bytesOf(source: ByteSource): Promise<Uint8Array> {
  const bytes = new Uint8Array(source.size);
  let at = 0;
  for await (const block of blocksOf(source)) {
    bytes.set(block, at);
    at += block.length;
  }
  return bytes;
}
