import { randomBytes } from 'node:crypto';
import { ProviderError } from '../../core/errors.ts';
import type { ThrowawayDatabase, ThrowawayDatabases } from '../../core/ports/database.ts';

/**
 * Throw-away databases on a Postgres server that somebody else runs (a service container of the job, say). Each
 * has a random name, belongs to nobody else and is dropped on close. The address needs a role that may create
 * databases. Throws `ProviderError` (`DATABASE_UNREACHABLE`) with the server's own words, never the address:
 * it holds a password.
 */
export function serverDatabases(url: string): ThrowawayDatabases {
  return {
    async create({ copyOf } = {}): Promise<ThrowawayDatabase> {
      const { default: pg } = await import('pg');
      const name = `rc_throwaway_${randomBytes(8).toString('hex')}`;
      const asAdministrator = async (sql: string): Promise<void> => {
        const administrator = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
        await administrator.connect();
        try {
          await administrator.query(sql);
        } finally {
          await administrator.end();
        }
      };
      const template = copyOf === undefined ? '' : ` TEMPLATE "${copyOf.replaceAll('"', '""')}"`;
      await asAdministrator(`CREATE DATABASE ${name}${template}`).catch(unreachable);
      const own = new URL(url);
      own.pathname = `/${name}`;
      const client = new pg.Client({ connectionString: own.href, connectionTimeoutMillis: 10_000 });
      client.on('error', () => {});
      await client.connect().catch(unreachable);
      return {
        url: own.href,
        async query(sql, values) {
          const answer = await client.query(sql, values === undefined ? [] : [...values]);
          const last = Array.isArray(answer) ? answer.at(-1) : answer;
          return (last?.rows ?? []) as Record<string, unknown>[];
        },
        async close() {
          await client.end();
          await asAdministrator(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
        },
      };
    },
  };
}

function unreachable(cause: unknown): never {
  throw new ProviderError(
    'DATABASE_UNREACHABLE',
    `The Postgres server for the dry run refused: ${cause instanceof Error ? cause.message : String(cause)}.`,
    'Start the server before this step, and give a database-url whose role may create databases.',
    { retryable: true, cause },
  );
}
