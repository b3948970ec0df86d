import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { ConflictError, ProviderError } from '../../core/errors.ts';
import { isAlive } from './postmaster.ts';

/** Identifies the lock among advisory locks: "relc" in ASCII. */
const lockKey = 0x72656c63;
const namePrefix = 'release-conductor pid ';

/** The right to use a data directory; held by a session, so that it ends with the process, however it ends. */
export interface Ownership {
  release(): Promise<void>;
}

/**
 * One app per data directory. The lock is a session's advisory lock in the directory's own server: the
 * operating system closes the connection of a killed process, so there is never a stale lock to judge. The
 * session's name carries the pid for the error message.
 *
 * @throws ConflictError that names the app which uses the directory.
 * @throws ProviderError when the server does not accept our password.
 */
export async function takeOwnership(url: string, directory: string): Promise<Ownership> {
  const client = new pg.Client({ connectionString: url, application_name: `${namePrefix}${process.pid}` });
  client.on('error', () => undefined);
  await client.connect().catch((cause: unknown) => {
    throw new ProviderError(
      'POSTGRES_REFUSED_US',
      `The Postgres in ${directory} does not accept us: ${(cause as Error).message}`,
      'Another server runs in this folder, or its password file was changed; stop it or choose another DATA_DIR.',
      { retryable: false, cause },
    );
  });
  const holder = await acquire(client);
  if (holder === null) return { release: () => client.end() };
  await client.end();
  throw new ConflictError(
    'DATA_DIR_IN_USE',
    `Another Release Conductor (pid ${holder}) uses the data directory ${directory}`,
    `Stop process ${holder}, or set DATA_DIR to another folder for this one.`,
  );
}

/** Null when the lock is ours, else the pid of its living holder. A killed holder's session ends within moments. */
async function acquire(client: pg.Client): Promise<number | null> {
  let holder = 0;
  for (const deadline = Date.now() + 5_000; Date.now() < deadline; await delay(20)) {
    const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [
      lockKey,
    ]);
    if (rows[0]?.taken === true) return null;
    holder = await readHolder(client);
    if (holder !== 0 && isAlive(holder)) return holder;
  }
  return holder;
}

async function readHolder(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ name: string }>(
    `select application_name as name from pg_stat_activity join pg_locks using (pid)
      where locktype = 'advisory' and objid = $1 and granted`,
    [lockKey],
  );
  return Number(rows[0]?.name.slice(namePrefix.length) ?? 0);
}
