import { createHash } from 'node:crypto';
import pg from 'pg';
import { ConflictError, InternalError, ProviderError } from '../../core/errors.ts';
import type { Log } from '../../core/ports/system.ts';
import { type Flush, groupFlush } from './group-flush.ts';
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
  const pool = openPool(options, options.connections ?? 20);
  // A connection of its own: whoever waits for the disk waits for nobody's transaction.
  const flusher = openPool(options, 1);
  const flush = groupFlush(() => flusher.query(flushStatement));
  await pool.query('select 1').catch(async (cause: unknown) => {
    await Promise.all([pool.end(), flusher.end()]);
    throw unreachable(options.url, cause);
  });
  return {
    query: (text, values) => pool.query(text, values),
    transaction: (work) => transaction(pool, flush, work),
    exclusively: (name, work) => exclusively(pool, name, work),
    close: async () => {
      await Promise.all([pool.end(), flusher.end()]);
    },
  };
}

function openPool({ url, log }: { readonly url: string; readonly log: Log }, max: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: 'release-conductor',
    connectionTimeoutMillis: 10_000,
    // Statements that need not wait for each other's answers travel together.
    pipeline: true,
  });
  pool.on('error', (error) => log.warn({ reason: error.message }, 'A database connection was lost'));
  return pool;
}

/**
 * Runs `work` on a connection of its own, which goes back to the pool unless `clear` fails on it or it was lost
 * meanwhile. A lost connection is told to whoever waits for an answer, and must not be told to nobody: that would end
 * the process.
 */
async function onConnection<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
  clear: (client: pg.PoolClient, failed: boolean) => Promise<unknown>,
): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const lost = (cause: Error): void => {
    broken = cause;
  };
  client.on('error', lost);
  let failed = true;
  try {
    const result = await work(client);
    failed = false;
    return result;
  } finally {
    await clear(client, failed).catch(lost);
    client.off('error', lost);
    client.release(broken);
  }
}

async function transaction<Result>(
  pool: pg.Pool,
  flush: Flush,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  const last: pg.QueryConfig[] = [];
  const run = async (client: pg.PoolClient): Promise<Result> => {
    const begun = client.query('begin');
    begun.catch(() => {}); // whatever is sent behind it fails as well, and tells
    const result = await work({
      inTransaction: true,
      query: (text, values) => client.query(text, values),
      sendLast: (statement, values) => {
        last.push({ ...statement, values });
      },
    });
    await begun;
    await (last.length === 0 ? commit(client) : commitWith(client, last));
    return result;
  };
  const result = await onConnection(
    pool,
    run,
    async (client, failed) => failed && client.query('rollback'),
  ).catch((error: unknown) => {
    throw isFormerName(error) ? renamedMeanwhile(error) : error;
  });
  if (last.length > 0) await flush();
  return result;
}

/** As the triggers of the migrations say it. */
function isFormerName(error: unknown): error is Error {
  return (error as { readonly code?: unknown }).code === 'RC001';
}

function renamedMeanwhile(cause: Error): ConflictError {
  return new ConflictError(
    'REPOSITORY_RENAMED',
    cause.message,
    'Nothing to do: what is decided for it is decided again under its name of today. A request is made again under that name.',
    { cause },
  );
}

async function commit(client: pg.PoolClient): Promise<void> {
  const { command } = await client.query('commit');
  if (command !== 'COMMIT') throw aborted();
}

/**
 * Statements and commit in one go. The commit is not waited for on disk, so that the next one in line for a lock need
 * not wait either: the caller waits for the flush that comes after it.
 */
async function commitWith(client: pg.PoolClient, last: readonly pg.QueryConfig[]): Promise<void> {
  const sent = [
    client.query('set local synchronous_commit = off'),
    ...last.map((statement) => client.query(statement)),
    commit(client),
  ];
  await Promise.all(sent);
}

/** A commit that is waited for on disk; with it goes every one before it in the write-ahead log. */
const flushStatement = {
  name: 'flush',
  text: `select pg_logical_emit_message(true, 'release-conductor', '')`,
};

/** Postgres answers "commit" with a rollback when a statement had failed and nobody minded. */
function aborted(): InternalError {
  return new InternalError(
    'TRANSACTION_ABORTED',
    'A transaction was to be committed in which a statement had failed',
    'Report this; nothing of it was stored.',
  );
}

function exclusively<Result>(pool: pg.Pool, name: string, work: () => Promise<Result>): Promise<Result> {
  const key = lockNumber(name);
  const run = async (client: pg.PoolClient): Promise<Result> => {
    await client.query('select pg_advisory_lock($1)', [key]);
    return work();
  };
  return onConnection(pool, run, (client) => client.query('select pg_advisory_unlock($1)', [key]));
}

/**
 * Waits for the name's lock, held until the transaction ends. For rows that do not exist yet.
 *
 * @param shared a name that many may hold at once, while nobody holds it alone.
 */
export async function lockName(tx: Transaction, name: string, shared?: string): Promise<void> {
  if (shared === undefined) await tx.query('select pg_advisory_xact_lock($1)', [lockNumber(name)]);
  else await tx.query(lockBeneath, [lockNumber(name), lockNumber(shared)]);
}

/** The shared lock comes first: whoever holds it alone waits for nobody behind it. */
export const lockBeneath = 'select pg_advisory_xact_lock_shared($2), pg_advisory_xact_lock($1)';

/** Waits until nobody holds the name alone, and shares it until the transaction ends. */
export async function shareName(tx: Transaction, name: string): Promise<void> {
  await tx.query(lockShared, [lockNumber(name)]);
}

export const lockShared = 'select pg_advisory_xact_lock_shared($1)';

/** The lock that everybody who decides for a repository shares; who gives it another name holds it alone. */
export function repositoryLock(repository: string): string {
  return `repository/${repository}`;
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
