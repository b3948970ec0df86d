import pg from 'pg';

/** Anything that runs SQL: the pool, or one transaction. */
export interface Sql {
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(
    text: string,
    values?: unknown[],
  ): Promise<pg.QueryResult<Row>>;
}

/** A transaction in progress. Its own type, so that writers cannot be handed the bare pool by mistake. */
export interface Transaction extends Sql {
  readonly inTransaction: true;
  /**
   * Sends a statement together with the commit, last of all: the transaction fails when it fails. Locks that it takes
   * are held for no round trip, nor until the commit is on disk; the caller's answer still waits for the disk. Many
   * commits then share one write, and whoever builds on this one comes behind it in the write-ahead log, so that no
   * later one outlives it. Absent where a round trip costs nothing: query then.
   */
  sendLast?(statement: NamedStatement, values: unknown[]): void;
}

/** A statement that a connection parses once. The name stands for this text alone. */
export interface NamedStatement {
  readonly name: string;
  readonly text: string;
}

// Counters, sizes and run ids stay far below 2^53: read `bigint` as a number.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/** How JSON writes NUL and lone surrogates. */
const unstorable = /\\u(?:0000|d[89a-f])/;

/** JSON as Postgres' json types can hold it: strings without NUL and without lone surrogates. */
export function toJson(value: unknown): string {
  const text = JSON.stringify(value);
  if (!unstorable.test(text)) return text;
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'string' ? storable(member) : member,
  );
}

/** Text as a Postgres column can hold it. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\uFFFD');
}
