import type { ByteSource, StoredContent } from './blob-store.ts';

/** A file of an archive. `path` has forward slashes and no leading slash. */
export interface ArchiveEntry {
  readonly path: string;
  readonly content: Uint8Array | StoredContent;
}

/**
 * Writes a zip, piece by piece, whose bytes depend on the entries alone: not on their order, the clock or the
 * machine. Stored content is read once, in order, and checked against what is known of it.
 */
export type ArchiveWriter = (entries: readonly ArchiveEntry[]) => AsyncIterable<Uint8Array>;

/** What one pass over an archive found. */
export interface ReadArchive {
  /** Of the whole archive, hex. */
  readonly sha256: string;
  /** Size in bytes and digest of every file, in the archive's order. */
  readonly entries: ReadonlyMap<string, { readonly size: number; readonly sha256: string }>;
  /** The content of those files that were asked for. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * Reads a zip that anybody may have made, in constant memory but for the files that `keep` names. Throws
 * `VerificationError` `BAD_ARCHIVE`, whose message names the entry, for everything that two readers could read
 * differently and for every byte that the writer would have written otherwise.
 */
export type ArchiveReader = (source: ByteSource, keep: (path: string) => boolean) => Promise<ReadArchive>;
