import type { ByteSource } from '../ports/blob-store.ts';
import { SpareBuffers } from './spare-buffers.ts';

/** Bytes read at a time. */
export const blockBytes = 512 * 1_024;

/** Bytes in memory, as a source. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
  };
}

/** For two sources at a time. */
const spareBlocks = new SpareBuffers(blockBytes, 4);

/**
 * A source from its first byte to its last (`Pieces`). The next block is read while this one is used; where the
 * source can fill buffers, two of them serve for all blocks, and for the next source after it: a block is of its
 * reader until the next is asked for.
 */
export async function* blocksOf(source: ByteSource): AsyncGenerator<Uint8Array> {
  const { readBlock, end } = blockReader(source);
  let next = readBlock(0);
  try {
    for (let at = 0; at < source.size; at += blockBytes) {
      const block = await next;
      if (at + blockBytes < source.size) {
        next = readBlock(at + blockBytes);
        next.catch(() => {}); // reported when its turn comes
      }
      yield block;
    }
  } finally {
    await next.catch(() => {}); // it may still be writing into a buffer
    end();
  }
}

function blockReader(source: ByteSource): {
  readonly readBlock: (offset: number) => Promise<Uint8Array>;
  readonly end: () => void;
} {
  if (source.readInto === undefined) {
    return { readBlock: (offset) => source.read(offset, blockBytes), end: () => {} };
  }
  const buffers =
    source.size > blockBytes
      ? [spareBlocks.take(), spareBlocks.take()]
      : [new Uint8Array(source.size), new Uint8Array()];
  return {
    async readBlock(offset) {
      const buffer = buffers[(offset / blockBytes) % 2] as Uint8Array;
      const length = await source.readInto?.(buffer, offset);
      return buffer.subarray(0, length);
    },
    end: () => {
      for (const buffer of buffers) spareBlocks.giveBack(buffer);
    },
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
