import { repositoryLock, shareName } from './pool.ts';
import type { Sql, Transaction } from './sql.ts';

export interface InstalledRepository {
  readonly repository: string;
  readonly installationId: number;
}

/**
 * Nobody gives these repositories other names until the transaction ends. Before their rows and all that is kept of them
 * is locked: whoever gives a name holds its lock alone, and then waits for the row.
 */
export async function keepNames(tx: Transaction, repositories: readonly string[]): Promise<void> {
  for (const repository of [...new Set(repositories)].toSorted()) {
    await shareName(tx, repositoryLock(repository));
  }
}

/** Remembers that the App is installed there. In a transaction after `keepNames`. */
export async function seeRepository(
  sql: Sql,
  repository: string,
  installationId: number,
  now: number,
): Promise<void> {
  await sql.query(
    `insert into repositories (repository, installation_id, seen_at) values ($1, $2, $3)
     on conflict (repository) do update
       set installation_id = excluded.installation_id, seen_at = excluded.seen_at, removed_at = null
     where repositories.installation_id <> excluded.installation_id or repositories.removed_at is not null`,
    [repository, installationId, new Date(now)],
  );
}

/** The App is not there any more. By its number where that was told: its name may be another's by now. */
export async function removeRepository(
  sql: Sql,
  { repository, id }: { readonly repository: string; readonly id?: number },
  now: number,
): Promise<void> {
  await sql.query(
    'update repositories set removed_at = $2 where id = $3 or (repository = $1 and (id is null or $3 is null))',
    [repository, new Date(now), id ?? null],
  );
}

/** The App was taken away from all of them, or suspended. */
export async function loseInstallation(sql: Sql, installationId: number, now: number): Promise<void> {
  await sql.query(
    'update repositories set removed_at = $2 where installation_id = $1 and removed_at is null',
    [installationId, new Date(now)],
  );
}

/** Where the App was and is not any more. */
export async function lostRepositories(sql: Sql): Promise<ReadonlySet<string>> {
  const { rows } = await sql.query<{ repository: string }>(
    'select repository from repositories where removed_at is not null',
  );
  return new Set(rows.map(({ repository }) => repository));
}

export async function installationOf(sql: Sql, repository: string): Promise<number | null> {
  const { rows } = await sql.query<{ installation_id: number }>(
    'select installation_id from repositories where repository = $1 and removed_at is null',
    [repository],
  );
  return rows[0]?.installation_id ?? null;
}

export async function installedRepositories(sql: Sql): Promise<readonly InstalledRepository[]> {
  const { rows } = await sql.query<{ repository: string; installation_id: number }>(
    'select repository, installation_id from repositories where removed_at is null order by repository',
  );
  return rows.map(({ repository, installation_id }) => ({ repository, installationId: installation_id }));
}
