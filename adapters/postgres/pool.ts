import { createHash } from 'node:crypto';
import pg from 'pg';
import { ProviderError } from '../../core/errors.ts';
import type { Log } from '../../core/ports/system.ts';
import type { Sql, Transaction } from './sql.ts';

/** The database as the app uses it. */
export interface Database extends Sql {
  /** Runs `work` in one transaction: commits its result, or rolls back and throws what it threw. */
  transaction<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result>;
  /**
   * Runs `work` while nobody else, in any process, runs something under the same name; waits for its turn. The
   * lock belongs to a connection: a killed process gives it up by dying.
   */
  exclusively<Result>(name: string, work: () => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/**
 * Connects to Postgres.
 *
 * @throws ProviderError when the server does not answer or refuses us.
 */
export async function connect(options: {
  readonly url: string;
  readonly log: Log;
  readonly connections?: number;
}): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.connections ?? 20,
    application_name: 'release-conductor',
    connectionTimeoutMillis: 10_000,
  });
  pool.on('error', (error) => options.log.warn({ reason: error.message }, 'A database connection was lost'));
  await pool.query('select 1').catch(async (cause: unknown) => {
    await pool.end();
    throw unreachable(options.url, cause);
  });
  return {
    query: (text, values) => pool.query(text, values),
    transaction: (work) => transaction(pool, work),
    exclusively: (name, work) => exclusively(pool, name, work),
    close: () => pool.end(),
  };
}

async function transaction<Result>(
  pool: pg.Pool,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let inGroup = false;
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work({
      inTransaction: true,
      query: (text, values) => client.query(text, values),
      commitInGroup: () => {
        inGroup = true;
      },
    });
    await (inGroup ? commitInGroup(client) : client.query('commit'));
    return result;
  } catch (error) {
    await client.query('rollback').catch((cause: Error) => {
      broken = cause;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/**
 * The first commit is not waited for on disk, so the next one in line need not wait either; the second, empty one
 * is, and with it everything before it.
 */
async function commitInGroup(client: pg.PoolClient): Promise<void> {
  await client.query('set local synchronous_commit = off; commit');
  await client.query("select pg_logical_emit_message(true, 'release-conductor', '')");
}

async function exclusively<Result>(
  pool: pg.Pool,
  name: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const key = lockNumber(name);
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('select pg_advisory_lock($1)', [key]);
    return await work();
  } finally {
    await client.query('select pg_advisory_unlock($1)', [key]).catch((cause: Error) => {
      broken = cause;
    });
    client.release(broken);
  }
}

/** Waits for the name's lock, held until the transaction ends. For rows that do not exist yet. */
export async function lockName(tx: Transaction, name: string): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1)', [lockNumber(name)]);
}

/** Postgres names advisory locks by a signed 64-bit number. */
function lockNumber(name: string): string {
  return createHash('sha256').update(name).digest().readBigInt64BE(0).toString();
}

function unreachable(url: string, cause: unknown): ProviderError {
  const shown = URL.parse(url);
  const place = shown === null ? 'the given address' : `${shown.host}${shown.pathname}`;
  return new ProviderError(
    'DATABASE_UNREACHABLE',
    `The database at ${place} did not let us in: ${(cause as Error).message || String(cause)}`,
    'Check DATABASE_URL, or leave it unset to use the Postgres that comes with Release Conductor.',
    { retryable: true, cause },
  );
}
