/** A Postgres that nobody will miss. */
export interface ThrowawayDatabase {
  /** A `postgres://` address on loopback. */
  readonly url: string;
  query(sql: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  close(): Promise<void>;
}

export interface ThrowawayDatabases {
  /** An empty database. Throws `ProviderError` when no server can be started. */
  create(): Promise<ThrowawayDatabase>;
}
