import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { InputError, PermissionError } from '../../core/errors.ts';

const run = promisify(execFile);

/** The account that Postgres runs under: null is our own. */
export type Account = { readonly uid: number; readonly gid: number } | null;

/**
 * Postgres refuses to run as root. As root we run it as the system's `postgres` account, made when it is
 * missing; any other account runs it itself.
 */
export async function unprivilegedAccount(): Promise<Account> {
  if (process.getuid?.() !== 0) return null;
  const known = await findAccount('postgres');
  if (known !== null) return known;
  await createAccount();
  const made = await findAccount('postgres');
  if (made !== null) return made;
  throw new PermissionError(
    'POSTGRES_ACCOUNT_MISSING',
    'Postgres does not run as root, and there is no account named postgres to run it as',
    'Add a system account named postgres, run as a normal user, or set DATABASE_URL to a server of your own.',
  );
}

/**
 * Postgres enters its directory as `account`: every folder above must let it through.
 *
 * @throws InputError that names the first folder which does not.
 */
export async function assertReachable(directory: string, account: Account): Promise<void> {
  if (account === null) return;
  const closed = await firstClosedParent(directory);
  if (closed === null) return;
  throw new InputError(
    'DATA_DIR_UNREACHABLE',
    `Postgres runs as the account postgres and cannot pass through ${closed} to reach ${directory}`,
    'Set DATA_DIR to a place that other accounts can reach, for example /var/lib/release-conductor.',
  );
}

/** The topmost folder on the way to `path` without the right to pass for others, or null. */
export async function firstClosedParent(path: string): Promise<string | null> {
  const parents: string[] = [];
  for (let at = dirname(path); at !== dirname(at); at = dirname(at)) parents.unshift(at);
  for (const parent of parents) {
    const { mode } = await stat(parent);
    if ((mode & 0o001) === 0) return parent;
  }
  return null;
}

async function findAccount(name: string): Promise<Account> {
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n');
  const fields = lines.map((line) => line.split(':')).find((entry) => entry[0] === name);
  if (fields === undefined) return null;
  return { uid: Number(fields[2]), gid: Number(fields[3]) };
}

async function createAccount(): Promise<void> {
  const useradd = [
    '--system',
    '--user-group',
    '--no-create-home',
    '--shell',
    '/usr/sbin/nologin',
    'postgres',
  ];
  // Alpine has busybox's adduser instead of useradd.
  await run('useradd', useradd).catch(() =>
    run('adduser', ['-S', '-D', '-H', 'postgres']).catch(() => undefined),
  );
}
