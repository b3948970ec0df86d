import type { ByteSource } from '../ports/blob-store.ts';

/** Bytes read at a time. */
export const blockBytes = 512 * 1_024;

/** Bytes in memory, as a source. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
  };
}

/**
 * A source from its first byte to its last (`Pieces`). The next block is read while this one is used; where the
 * source can fill buffers, two of them serve for all blocks.
 */
export async function* blocksOf(source: ByteSource): AsyncGenerator<Uint8Array> {
  const readBlock = blockReader(source);
  let next = readBlock(0);
  for (let at = 0; at < source.size; at += blockBytes) {
    const block = await next;
    if (at + blockBytes < source.size) {
      next = readBlock(at + blockBytes);
      next.catch(() => {}); // reported when its turn comes
    }
    yield block;
  }
}

function blockReader(source: ByteSource): (offset: number) => Promise<Uint8Array> {
  if (source.readInto === undefined) return (offset) => source.read(offset, blockBytes);
  const room = Math.min(blockBytes, source.size);
  const buffers = [new Uint8Array(room), new Uint8Array(source.size > blockBytes ? room : 0)];
  return async (offset) => {
    const buffer = buffers[(offset / blockBytes) % 2] as Uint8Array;
    const length = await source.readInto?.(buffer, offset);
    return buffer.subarray(0, length);
  };
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
