import { open } from 'node:fs/promises';
import type { ByteSource } from '../../core/ports/blob-store.ts';

/** A file on disk, which stays open until `close`. Throws as `open` does when there is none. */
export async function openFile(path: string): Promise<ByteSource & { close(): Promise<void> }> {
  const file = await open(path, 'r');
  const { size } = await file.stat();
  return {
    size,
    async read(offset, length) {
      const wanted = Math.max(0, Math.min(length, size - offset));
      const buffer = Buffer.allocUnsafe(wanted);
      let at = 0;
      while (at < wanted) {
        const { bytesRead } = await file.read(buffer, at, wanted - at, offset + at);
        if (bytesRead === 0) break;
        at += bytesRead;
      }
      return buffer.subarray(0, at);
    },
    close: () => file.close(),
  };
}
