import type { Keeping } from '../evidence/retention.ts';

/** Bytes that can be read anywhere. */
export interface ByteSource {
  readonly size: number;
  /** Exactly these bytes; fewer only behind the end. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Fills the buffer from `offset` on, where a source can do that; answers with the bytes written. */
  readInto?(buffer: Uint8Array, offset: number): Promise<number>;
}

/** Content piece by piece. A piece is valid until the next one is asked for: its memory is used again. */
export type Pieces = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** What is known of content from the moment it was stored. */
export interface ContentFacts {
  /** Bytes. */
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly crc32: number;
  /** What it seems to hold that must not leave the house (`a private key`), or null. */
  readonly secret: string | null;
}

/** Content that lies in a store. */
export interface StoredContent extends ContentFacts, ByteSource {}

/** Looks at content as it passes by; `finish` tells what was seen. */
export interface Inspector {
  update(chunk: Uint8Array): void;
  finish(): ContentFacts;
}

/** What a store knows of content by itself: how long it keeps it. */
export interface KeptContent extends Keeping {
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * Where bytes lie under their SHA-256: Postgres, a folder, or a bucket. Storing twice is storing once. All times
 * are ms since the epoch.
 */
export interface ContentStore {
  /**
   * Stores content, which is complete under its name or not there at all. Throws `ProviderError` when the store
   * fails (a full disk, a lost connection): the same call may be made again.
   */
  put(content: Pieces, retainUntil: number): Promise<{ readonly sha256: string; readonly size: number }>;
  /** Throws `VerificationError` `CONTENT_LOST` when there is none under that name. */
  read(sha256: string, offset: number, length: number): Promise<Uint8Array>;
  /** As `ByteSource.readInto`. */
  readInto?(sha256: string, buffer: Uint8Array, offset: number): Promise<number>;
  /** Null: there is none. */
  sizeOf(sha256: string): Promise<number | null>;
  /** Everything that is kept, in no order. */
  list(): AsyncIterable<KeptContent>;
  /** Keeps it at least until then; an earlier time changes nothing. */
  retain(sha256: string, until: number): Promise<void>;
  /** A legal hold keeps it whatever its time. */
  hold(sha256: string, held: boolean): Promise<void>;
  /** Throws `ConflictError` `RETAINED` before its time or under a hold. Removing what is not there is done. */
  remove(sha256: string, now: number): Promise<void>;
}
