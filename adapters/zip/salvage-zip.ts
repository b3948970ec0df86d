import { createHash } from 'node:crypto';
import type { ReadArchive } from '../../core/ports/archive.ts';
import type { ByteSource } from '../../core/ports/blob-store.ts';
import { badArchive } from './bad-archive.ts';
import { unpackZip } from './unpack.ts';

const mebibyte = 1_024 * 1_024;
/** It is unpacked in memory, and only to say what is wrong with it. */
const limits = { entries: 10_000, fileBytes: 128 * mebibyte, totalBytes: 256 * mebibyte };

/**
 * Reads a zip that another tool wrote again (`ArchiveReader`), so that what was changed in it can be named. That it was
 * written again is wrong by itself; what two readers could read differently is refused here, too.
 *
 * @throws VerificationError `BAD_ARCHIVE`
 */
export async function salvageZip(source: ByteSource, keep: (path: string) => boolean): Promise<ReadArchive> {
  if (source.size > limits.totalBytes) throw badArchive(null, 'is too large to be looked into');
  const bytes = await source.read(0, source.size);
  const unpacked = unpackZip(bytes, limits);
  const entries = [...unpacked].map(
    ([path, content]) => [path, { size: content.length, sha256: sha256(content) }] as const,
  );
  return {
    sha256: sha256(bytes),
    entries: new Map(entries),
    files: new Map([...unpacked].filter(([path]) => keep(path))),
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
