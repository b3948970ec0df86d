import { open } from 'node:fs/promises';
import type { ByteSource } from '../../core/ports/blob-store.ts';

/** A file on disk, which stays open until `close`. Throws as `open` does when there is none. */
export async function openFile(path: string): Promise<ByteSource & { close(): Promise<void> }> {
  const file = await open(path, 'r');
  const { size } = await file.stat();
  const readInto = async (buffer: Uint8Array, offset: number): Promise<number> => {
    let filled = 0;
    while (filled < buffer.length) {
      const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return filled;
  };
  return {
    size,
    readInto,
    async read(offset, length) {
      const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - offset)));
      return buffer.subarray(0, await readInto(buffer, offset));
    },
    close: () => file.close(),
  };
}
