import { chmod, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import pg from 'pg';
import type { Log } from '../../core/ports/system.ts';
import { unprivilegedAccount } from './account.ts';
import { locateBinaries } from './binaries.ts';
import { type Cluster, ensureCluster, knownCluster } from './cluster.ts';
import { takeOwnership } from './ownership.ts';
import { databaseUrl, findRunning, type Postmaster, startServer, stopServer } from './postmaster.ts';

const database = 'conductor';

export interface RunningPostgres {
  /** Address of the Conductor's database, with its password. */
  readonly url: string;
  /** Stops the server after everything committed is on disk, and gives the directory free. */
  close(): Promise<void>;
}

/**
 * A real Postgres in `dataDir/postgres`, started when it does not run yet and adopted when a killed app left
 * it running. Listens on loopback alone, on a port that the system chose (written to `port` beside the data);
 * the password is made once and kept in a file that only we may read.
 *
 * @throws ConflictError when another app uses the directory; the message names its pid.
 * @throws InputError, PermissionError when the directory cannot be used.
 * @throws ProviderError when the server does not start.
 */
export async function startPostgres(options: {
  readonly dataDir: string;
  readonly log: Log;
}): Promise<RunningPostgres> {
  const folder = join(resolve(options.dataDir), 'postgres');
  const account = await unprivilegedAccount();
  const binaries = await locateBinaries(account);
  const cluster = await ensureCluster(folder, binaries, account, true);
  if (account !== null) await letThrough(resolve(options.dataDir));

  const orphan = await findRunning(cluster);
  const server = orphan ?? (await startOrJoin(cluster, () => startServer(cluster, binaries, account)));
  const owner = await takeOwnership(databaseUrl(cluster, server.port, 'postgres'), options.dataDir);

  await ensureDatabase(databaseUrl(cluster, server.port, 'postgres'));
  await writeFile(join(folder, 'port'), `${server.port}\n`);
  options.log.info(
    { pid: server.pid, port: server.port, adopted: orphan !== null },
    'Postgres is ready for connections',
  );
  return {
    url: databaseUrl(cluster, server.port, database),
    close: async () => {
      await owner.release();
      await stopServer(cluster);
    },
  };
}

/** Address of the Conductor's database when a server of this data directory runs now, as of an app that uses it; else null. */
export async function runningPostgres(dataDir: string): Promise<string | null> {
  const cluster = await knownCluster(join(resolve(dataDir), 'postgres'));
  const server = cluster && (await findRunning(cluster));
  return cluster && server && databaseUrl(cluster, server.port, database);
}

/** The data directory is ours: the account of Postgres may pass through it, and list or read nothing in it. */
async function letThrough(directory: string): Promise<void> {
  const { mode } = await stat(directory);
  await chmod(directory, (mode & 0o7777) | 0o011);
}

/** Two apps may start at once: Postgres lets one server in, the other app meets it and learns who owns it. */
async function startOrJoin(cluster: Cluster, start: () => Promise<Postmaster>): Promise<Postmaster> {
  try {
    return await start();
  } catch (error) {
    const other = await findRunning(cluster);
    if (other !== null) return other;
    throw error;
  }
}

async function ensureDatabase(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (rowCount === 0) await client.query(`create database ${database}`);
  } finally {
    await client.end();
  }
}
