import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, mkdtemp, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PermissionError, ProviderError } from '../../core/errors.ts';
import { type Account, assertReachable } from './account.ts';
import type { Binaries } from './binaries.ts';

const run = promisify(execFile);

/** The name of the database's owner and superuser. */
export const superuser = 'conductor';

/** A folder with a cluster in `data`, its password and its log beside it. */
export interface Cluster {
  readonly folder: string;
  readonly data: string;
  readonly password: string;
}

/**
 * The cluster in `folder`, made at the first call. A kill while it is made leaves a draft that the next call
 * ignores, never half a cluster.
 */
export async function ensureCluster(
  folder: string,
  binaries: Binaries,
  account: Account,
  durable: boolean,
): Promise<Cluster> {
  await makeFolder(folder, account);
  await assertReachable(folder, account);
  const data = join(folder, 'data');
  const password = await ensurePassword(join(folder, 'password'));
  if (!(await exists(join(data, 'PG_VERSION'))))
    await initialise(folder, data, password, binaries, account, durable);
  return { folder, data, password };
}

/** The cluster in `folder` when somebody made one; else null. */
export async function knownCluster(folder: string): Promise<Cluster | null> {
  const data = join(folder, 'data');
  const password = await readFile(join(folder, 'password'), 'utf8').catch(() => null);
  if (password === null || !(await exists(join(data, 'PG_VERSION')))) return null;
  return { folder, data, password: password.trim() };
}

async function makeFolder(folder: string, account: Account): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    if (account !== null) await chown(folder, account.uid, account.gid);
  } catch (cause) {
    throw new PermissionError(
      'DATA_DIR_NOT_WRITABLE',
      `Expected to write to ${folder}: ${(cause as Error).message}`,
      'Set DATA_DIR to a folder that this process may write.',
      { cause },
    );
  }
}

async function ensurePassword(path: string): Promise<string> {
  const file = await open(path, 'wx', 0o600).catch(() => null);
  if (file === null) return (await readFile(path, 'utf8')).trim();
  const password = randomBytes(24).toString('base64url');
  await file.writeFile(`${password}\n`);
  await file.sync();
  await file.close();
  return password;
}

async function initialise(
  folder: string,
  data: string,
  password: string,
  binaries: Binaries,
  account: Account,
  durable: boolean,
): Promise<void> {
  const draft = await mkdtemp(join(folder, 'draft-'));
  try {
    const passwordFile = join(draft, 'password');
    const file = await open(passwordFile, 'wx', 0o600);
    await file.writeFile(password);
    await file.close();
    if (account !== null) {
      for (const path of [draft, passwordFile]) await chown(path, account.uid, account.gid);
    }
    await initdb(join(draft, 'data'), passwordFile, binaries, account, durable);
    await rename(join(draft, 'data'), data).catch(async (cause: unknown) => {
      if (!(await exists(join(data, 'PG_VERSION')))) throw cause;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function initdb(
  data: string,
  passwordFile: string,
  binaries: Binaries,
  account: Account,
  durable: boolean,
): Promise<void> {
  const flags = [
    `--pgdata=${data}`,
    `--username=${superuser}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--no-locale',
    ...(durable ? [] : ['--no-sync']),
  ];
  try {
    await run(binaries.initdb, flags, { ...account, env: { PATH: process.env.PATH, LC_ALL: 'C' } });
  } catch (cause) {
    const reason = String((cause as { stderr?: string }).stderr ?? '').trim() || String(cause);
    throw new ProviderError(
      'POSTGRES_INIT_FAILED',
      `Postgres could not be set up: ${causeIn(reason)}`,
      'Free some disk space, check the rights of the folder, or set DATABASE_URL to a server of your own.',
      { retryable: false, cause },
    );
  }
}

/** The line in which initdb names the cause; what follows it is only tidying up. */
function causeIn(output: string): string {
  const lines = output.split('\n');
  return lines.find((line) => /\b(FATAL|error|could not)\b/.test(line)) ?? lines.at(-1) ?? '';
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
