/** A Postgres that nobody will miss. */
export interface ThrowawayDatabase {
  /** A `postgres://` address on loopback. */
  readonly url: string;
  /** Calls that follow one another run in one session: a BEGIN holds for the next call. Throws the server's error, with its `code`. */
  query(sql: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  close(): Promise<void>;
}

export interface ThrowawayDatabases {
  /** An empty database. Throws `ProviderError` when no server can be started. */
  create(): Promise<ThrowawayDatabase>;
}
