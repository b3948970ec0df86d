import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { InputError, VerificationError } from '../../core/errors.ts';
import { blocksOf } from '../../core/evidence/bytes.ts';
import { pathProblem } from '../../core/evidence/path.ts';
import type { ArchiveEntry } from '../../core/ports/archive.ts';
import type { StoredContent } from '../../core/ports/blob-store.ts';
import * as format from './format.ts';

/**
 * Writes a zip (`ArchiveWriter`): sorted names, fixed times and modes, every entry stored, in the memory of one
 * block. Deflate is not used because its output differs between builds of zlib, and the same evidence must give
 * the same bytes on every machine.
 *
 * @throws InputError `BAD_ENTRY` for a path that may not stand in a zip, or twice the same path ·
 * VerificationError `CONTENT_CHANGED` when stored content is not what it was when it was stored.
 */
export async function* writeZip(entries: readonly ArchiveEntry[]): AsyncGenerator<Uint8Array> {
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  checkPaths(sorted);
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { path, content } of sorted) {
    const header = headerOf(path, content);
    const local = format.localHeader(header);
    yield local;
    if (content instanceof Uint8Array) yield content;
    else yield* unchanged(path, content);
    directory.push(format.centralHeader(header, offset));
    offset += local.length + header.size;
  }
  const central = Buffer.concat(directory);
  yield central;
  yield format.endRecords(sorted.length, central.length, offset);
}

function headerOf(path: string, content: ArchiveEntry['content']): format.Header {
  if (content instanceof Uint8Array) return { name: path, size: content.length, crc: crc32(content) };
  return { name: path, size: content.size, crc: content.crc32 };
}

function checkPaths(sorted: readonly ArchiveEntry[]): void {
  for (const [index, { path }] of sorted.entries()) {
    const problem = pathProblem(path) ?? (sorted[index - 1]?.path === path ? 'stands twice' : null);
    if (problem === null) continue;
    throw new InputError(
      'BAD_ENTRY',
      `${JSON.stringify(path)}: ${problem}`,
      'give the entry a plain relative path, once',
    );
  }
}

/** Passes content on, and ends with an error when it was not what the headers and the manifest say. */
async function* unchanged(path: string, content: StoredContent): AsyncGenerator<Uint8Array> {
  const digest = createHash('sha256');
  let size = 0;
  let crc = 0;
  for await (const block of blocksOf(content)) {
    digest.update(block);
    crc = crc32(block, crc);
    size += block.length;
    yield block;
  }
  if (size === content.size && crc === content.crc32 && digest.digest('hex') === content.sha256) return;
  throw new VerificationError(
    'CONTENT_CHANGED',
    `${path}: expected ${content.size} bytes with sha256 ${content.sha256}, the store has others`,
    'restore the store of evidence from a backup, and find out what changed it',
  );
}
