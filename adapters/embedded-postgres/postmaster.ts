import { execFile, spawn } from 'node:child_process';
import { open, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ProviderError } from '../../core/errors.ts';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { type Cluster, superuser } from './cluster.ts';

const run = promisify(execFile);

/** What `postmaster.pid` says (Postgres documents its lines in `src/include/utils/pidfile.h`). */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly status: 'starting' | 'ready' | 'stopping' | 'standby' | 'unknown';
}

/** Settings of a server that must survive a power cut. */
export const durableSettings: Readonly<Record<string, string>> = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
};

/** Settings of a server that nobody will miss. */
export const throwawaySettings: Readonly<Record<string, string>> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
};

const commonSettings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '32MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
  log_checkpoints: 'off',
};

/** Arguments of `postgres` for this cluster on this port. */
export function serverArguments(
  cluster: Cluster,
  port: number,
  settings: Readonly<Record<string, string>>,
): readonly string[] {
  const all = Object.entries({ ...commonSettings, ...settings });
  return [
    '-D',
    cluster.data,
    '-p',
    String(port),
    ...all.flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}

/** A port that is free at this moment, chosen by the system. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/**
 * Starts the server as a process of its own group and session, so that neither a Ctrl-C in the terminal nor
 * the end of this process takes it down before its work is done.
 */
export async function startServer(
  cluster: Cluster,
  binaries: Binaries,
  account: Account,
): Promise<Postmaster> {
  const port = await freePort();
  const log = await open(join(cluster.folder, 'server.log'), 'a', 0o600);
  const child = spawn(binaries.postgres, serverArguments(cluster, port, durableSettings), {
    ...account,
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
  });
  child.unref();
  await log.close();
  let ended = false;
  child.once('exit', () => {
    ended = true;
  });
  child.once('error', () => {
    ended = true;
  });
  return waitUntilReady(cluster, () => ended);
}

/** Waits up to 30 s (a crash recovery takes its time) for the server to take connections. */
export async function waitUntilReady(cluster: Cluster, ended: () => boolean): Promise<Postmaster> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await delay(10)) {
    const found = await readPostmaster(cluster.data);
    if (found?.status === 'ready') return found;
    if (ended()) break;
  }
  const tail = (await readFile(join(cluster.folder, 'server.log'), 'utf8').catch(() => ''))
    .trim()
    .split('\n');
  throw new ProviderError(
    'POSTGRES_DID_NOT_START',
    `Postgres did not start: ${tail.slice(-3).join(' | ').slice(-500)}`,
    `Read ${join(cluster.folder, 'server.log')}; often the disk is full or the folder is not writable.`,
    { retryable: true },
  );
}

export async function readPostmaster(data: string): Promise<Postmaster | null> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => null);
  return text === null ? null : parsePostmaster(text);
}

export function parsePostmaster(text: string): Postmaster | null {
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  const status = lines[7];
  const known = status === 'starting' || status === 'ready' || status === 'stopping' || status === 'standby';
  return { pid, port: Number(lines[3] ?? 0), status: known ? status : 'unknown' };
}

/**
 * The server that runs in this cluster, left by a killed app or used by another one; null when there is none.
 * After a reboot the pid in the file may belong to a stranger: such a file is removed, because Postgres itself
 * would refuse to start beside it.
 */
export async function findRunning(cluster: Cluster): Promise<Postmaster | null> {
  const found = await readPostmaster(cluster.data);
  if (found === null) return null;
  if (!(await isServerOf(found.pid, cluster))) {
    await rm(join(cluster.data, 'postmaster.pid'), { force: true });
    return null;
  }
  if (found.status === 'ready') return found;
  const gone = (): boolean => !isAlive(found.pid);
  if (found.status !== 'stopping') return waitUntilReady(cluster, gone);
  await waitForEnd(found.pid);
  return null;
}

/** Fast shutdown: open transactions are rolled back, everything committed is on disk. */
export async function stopServer(cluster: Cluster): Promise<void> {
  const found = await readPostmaster(cluster.data);
  if (found === null || !(await isServerOf(found.pid, cluster))) return;
  process.kill(found.pid, 'SIGINT');
  await waitForEnd(found.pid);
}

async function waitForEnd(pid: number): Promise<void> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await delay(10)) {
    if (!isAlive(pid)) return;
  }
  throw new ProviderError(
    'POSTGRES_DID_NOT_STOP',
    `Postgres (pid ${pid}) did not stop within 20 s`,
    `Look at its log; end it with kill -INT ${pid}, never with kill -9.`,
    { retryable: true },
  );
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function isServerOf(pid: number, cluster: Cluster): Promise<boolean> {
  if (!isAlive(pid)) return false;
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() =>
    run('ps', ['-o', 'command=', '-p', String(pid)]).then(
      ({ stdout }) => stdout,
      () => '',
    ),
  );
  return command.includes('postgres') && command.includes(cluster.data);
}

/** The address of a database on this server. */
export function databaseUrl(cluster: Cluster, port: number, database: string): string {
  return `postgres://${superuser}:${cluster.password}@127.0.0.1:${port}/${database}`;
}
