/** A file of an archive. `path` has forward slashes and no leading slash. */
export interface ArchiveEntry {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Writes a zip whose bytes depend on the entries alone: not on their order, the clock or the machine. */
export type ArchiveWriter = (entries: readonly ArchiveEntry[]) => Uint8Array;

/**
 * Reads a zip that anybody may have made, in its order. Throws `VerificationError` `BAD_ARCHIVE`, whose message
 * names the entry, for everything that two readers could read differently or that unpacks badly.
 */
export type ArchiveReader = (bytes: Uint8Array) => readonly ArchiveEntry[];
