/** Wall clock, in ms since the epoch. */
export interface Clock {
  now(): number;
  /** Resolves `ms` later on this clock. Absent on clocks that only tell the time. */
  wait?(ms: number): Promise<void>;
}

/** Structured log: the message is static, everything variable is a field. */
export interface Log {
  debug(fields: Record<string, unknown>, message: string): void;
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** Read-only files of one commit or one folder. Paths have forward slashes, no leading slash, no `..`. */
export interface FileTree {
  /** Every file's path that matches one of the globs, sorted. */
  list(globs: readonly string[]): Promise<readonly string[]>;
  /** The file's bytes, or null when there is no such file. Throws `InputError` above `maxBytes` (default 32 MiB). */
  read(path: string, maxBytes?: number): Promise<Uint8Array | null>;
}

/** The files of one commit. What a symbolic link leads to is read under the link's path, by whose owners it is not kept. */
export interface CommitFiles extends FileTree {
  /** Whether there is a symbolic link at this path; absent where nobody can make one. */
  isLink?(path: string): Promise<boolean>;
}
