import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { ConfigError } from '../../core/errors.ts';
import type { ThrowawayDatabase, ThrowawayDatabases } from '../../core/ports/database.ts';
import type { Log } from '../../core/ports/system.ts';
import { unprivilegedAccount } from './account.ts';
import { locateBinaries } from './binaries.ts';
import { ensureCluster } from './cluster.ts';
import { databaseUrl, freePort, serverArguments, throwawaySettings, waitUntilReady } from './postmaster.ts';

/** A server for databases that live as long as one question. */
export interface ThrowawayServer extends ThrowawayDatabases {
  /** Drops everything. Also happens by itself when this process ends, however it ends. */
  close(): Promise<void>;
}

interface Server {
  url(database: string): string;
  stop(): Promise<void>;
}

/** The server starts with the first database; `close()` before that costs nothing. */
export function throwawayDatabases(options: { readonly log: Log }): ThrowawayServer {
  let server: Promise<Server> | undefined;
  return {
    create: async ({ copyOf } = {}) => {
      if (copyOf !== undefined) throw nothingToCopy(copyOf);
      server ??= startThrowawayServer(options.log);
      return createDatabase(await server);
    },
    close: async () => {
      const running = server;
      server = undefined;
      await (await running?.catch(() => undefined))?.stop();
    },
  };
}

function nothingToCopy(name: string): ConfigError {
  return new ConfigError(
    'NO_DATABASE_TO_COPY',
    `The bundled Postgres starts empty: there is no database ${name} to copy`,
    'Give the server that holds it with database-url.',
  );
}

async function createDatabase(server: Server): Promise<ThrowawayDatabase> {
  const name = `t_${randomBytes(8).toString('hex')}`;
  // Copying files needs no write-ahead log, and nothing here has to survive a crash.
  await administer(server, `create database ${name} strategy file_copy`);
  const url = server.url(name);
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  pool.on('error', () => undefined);
  return {
    url,
    query: async (sql, values) =>
      (await pool.query(sql, values === undefined ? undefined : [...values])).rows,
    close: async () => {
      // First: it also ends a query that nobody waits for any more, and the pool waits for all of them.
      await administer(server, `drop database if exists ${name} with (force)`);
      await pool.end();
    },
  };
}

async function administer(server: Server, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server.url('postgres') });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

/** A guardian shell ends the server and removes its files when our end of the pipe closes, even by `kill -9`. */
const guardian =
  'folder=$1; shift; "$@" & server=$!; cat >/dev/null; kill -INT $server; wait $server; rm -rf "$folder"';

async function startThrowawayServer(log: Log): Promise<Server> {
  const account = await unprivilegedAccount();
  const binaries = await locateBinaries(account);
  const folder = await mkdtemp(join(tmpdir(), 'throwaway-postgres-'));
  await chmod(folder, 0o755);
  const cluster = await ensureCluster(folder, binaries, account, false);
  const port = await freePort();
  const output = await open(join(folder, 'server.log'), 'a');
  const command = [binaries.postgres, ...serverArguments(cluster, port, throwawaySettings)];
  const shell = spawn('/bin/sh', ['-c', guardian, 'guardian', folder, ...command], {
    ...account,
    detached: true,
    stdio: ['pipe', output.fd, output.fd],
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
  });
  await output.close();
  const ended = new Promise<void>((resolve) => {
    shell.once('exit', () => resolve());
    shell.once('error', () => resolve());
  });
  let gone = false;
  void ended.then(() => {
    gone = true;
  });
  shell.unref();
  await waitUntilReady(cluster, () => gone);
  log.debug({ port }, 'Throw-away Postgres is ready');
  return {
    url: (database) => databaseUrl(cluster, port, database),
    stop: async () => {
      shell.ref();
      shell.stdin?.end();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
