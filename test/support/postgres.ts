import pg from 'pg';
import { inject, onTestFinished } from 'vitest';

/** Keeps what has to be closed at the end: of the test, or of whatever the caller says. */
export type AtEnd = (close: () => unknown) => void;

export const atTestEnd: AtEnd = (close) =>
  onTestFinished(async () => {
    await close();
  });

/**
 * A database of the run's own Postgres, empty or with the app's schema. It goes away with the run; connections of
 * `query` are closed at the end.
 */
export async function createTestDatabase(
  atEnd: AtEnd = atTestEnd,
  content: 'empty' | 'schema' = 'empty',
): Promise<{
  readonly url: string;
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
}> {
  const answer = await fetch(`${inject('databaseBroker')}/${content}`);
  const url = await answer.text();
  if (!answer.ok) throw new Error(url);
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  pool.on('error', () => undefined);
  atEnd(() => pool.end());
  return { url, query: async (sql, values) => (await pool.query(sql, values)).rows as never };
}
