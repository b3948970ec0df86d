import { type Database, removeRepository, seeRepository } from '../../adapters/postgres/index.ts';
import type { GithubAccess } from '../github.ts';
import type { Identity } from '../identity.ts';

const pageSize = 100;

/** An installation as GitHub lists it. */
interface Installation {
  readonly id: number;
  readonly suspended_at?: string | null;
}

interface Listed {
  readonly id?: number;
  readonly full_name: string;
  readonly archived?: boolean;
}

/**
 * Asks GitHub where the App is installed: the webhook of an installation may have been sent before the app ever
 * ran. An archived repository takes no write: it is left alone until it is taken out of the archive. What cannot be
 * settled of one installation or repository keeps no other waiting.
 *
 * @returns how many repositories the App is on.
 * @throws the first failure, after everything else was looked at.
 */
export async function discoverRepositories(
  github: GithubAccess,
  database: Database,
  now: number,
  identity?: Identity,
): Promise<number> {
  const failures: unknown[] = [];
  const orNoted = (work: Promise<unknown>): Promise<unknown> =>
    work.catch((error: unknown) => failures.push(error));
  let found = 0;
  for (const { id, suspended_at: suspended } of await allPages<Installation>(
    github.asApp,
    'GET /app/installations',
  )) {
    // It lets nobody in; what was there is known to be out of reach.
    if (suspended != null) continue;
    const listed = allPages<Listed>(
      () => github.asInstallation(id),
      'GET /installation/repositories',
      'repositories',
    );
    const look = async (): Promise<void> => {
      for (const repository of await listed) {
        await orNoted(see(repository, id));
        if (repository.archived !== true) found += 1;
      }
    };
    await orNoted(look());
  }
  if (failures.length > 0) throw failures[0];
  return found;

  async function see(
    { id: number, full_name: repository, archived }: Listed,
    installationId: number,
  ): Promise<void> {
    const told = { repository, ...(number === undefined ? {} : { id: number }) };
    if (archived === true) await removeRepository(database, told, now);
    else if (number === undefined || identity === undefined)
      await seeRepository(database, repository, installationId, now);
    else await identity.settle({ repository, id: number, installationId, isCurrent: true });
  }
}

async function allPages<Item>(
  authenticate: GithubAccess['asApp'],
  route: string,
  member?: string,
): Promise<readonly Item[]> {
  const octokit = await authenticate();
  const items: Item[] = [];
  for (let page = 1; ; page += 1) {
    const { data } = await octokit.request(route, { per_page: pageSize, page });
    const found = (member === undefined ? data : (data as Record<string, unknown>)[member]) as Item[];
    items.push(...found);
    if (found.length < pageSize) return items;
  }
}
