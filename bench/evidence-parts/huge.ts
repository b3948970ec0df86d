import { createHash, randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { createInspector } from '../../adapters/zip/inspector.ts';
import { writeZip } from '../../adapters/zip/write-zip.ts';
import { blocksOf } from '../../core/evidence/bytes.ts';
import type { ArchiveEntry } from '../../core/ports/archive.ts';
import type { ByteSource } from '../../core/ports/blob-store.ts';
import { peakMemory } from './peak-memory.ts';

/** Looks at, writes and digests `bytes` of evidence in five files that no disk has to hold, and tells its memory. */
const size = Math.floor(Number(process.argv[2]) / 5);
const noise = randomBytes(8 * 1_048_576);

const entries: ArchiveEntry[] = [];
for (let n = 0; n < 5; n++) {
  const source = noiseFrom(n * 1_048_576 + n);
  const inspector = createInspector();
  for await (const block of blocksOf(source)) inspector.update(block);
  entries.push({ path: `huge/${n}.bin`, content: { ...inspector.finish(), ...source } });
}
const digest = createHash('sha256');
let written = 0;
for await (const piece of writeZip(entries)) {
  digest.update(piece);
  written += piece.length;
}
console.log(JSON.stringify({ written, maxRss: peakMemory() }));

function noiseFrom(shift: number): ByteSource {
  const readInto = async (buffer: Uint8Array, offset: number): Promise<number> => {
    await setImmediate(); // as reading a disk does, so that the collector gets its turn
    const length = Math.min(buffer.length, size - offset);
    for (let at = 0; at < length; ) {
      at += noise.copy(buffer, at, (offset + at + shift) % noise.length);
    }
    return length;
  };
  return { size, readInto, read: async () => new Uint8Array() };
}
