import pg from 'pg';
import { inject, onTestFinished } from 'vitest';

/**
 * An empty database of the run's own Postgres. It goes away with the run; connections of `query` are closed
 * when the test ends.
 */
export async function createTestDatabase(): Promise<{
  readonly url: string;
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
}> {
  const answer = await fetch(inject('databaseBroker'));
  const url = await answer.text();
  if (!answer.ok) throw new Error(url);
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  pool.on('error', () => undefined);
  onTestFinished(() => pool.end());
  return { url, query: async (sql, values) => (await pool.query(sql, values)).rows as never };
}
