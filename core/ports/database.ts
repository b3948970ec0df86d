/** A Postgres that nobody will miss. */
export interface ThrowawayDatabase {
  /** A `postgres://` address on loopback. */
  readonly url: string;
  /** Calls that follow one another run in one session: a BEGIN holds for the next call. Throws the server's error, with its `code`. */
  query(sql: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  close(): Promise<void>;
}

export interface ThrowawayDatabases {
  /**
   * An empty database, or a copy of the one that `copyOf` names on a server of the user's. Throws `ProviderError`
   * when no server can be started, `ConfigError` when a copy is asked of a server that holds nothing.
   */
  create(options?: { readonly copyOf?: string }): Promise<ThrowawayDatabase>;
}
