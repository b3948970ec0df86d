import { type Database, removeRepository, seeRepository } from '../../adapters/postgres/index.ts';
import type { GithubAccess } from '../github.ts';
import type { Identity } from '../identity.ts';

const pageSize = 100;

/**
 * Asks GitHub where the App is installed: the webhook of an installation may have been sent before the app ever
 * ran. An archived repository takes no write: it is left alone until it is taken out of the archive.
 */
export async function discoverRepositories(
  github: GithubAccess,
  database: Database,
  now: number,
  identity?: Identity,
): Promise<number> {
  let found = 0;
  for (const { id } of await allPages<{ id: number }>(github.asApp, 'GET /app/installations')) {
    const asInstallation = (): ReturnType<GithubAccess['asInstallation']> => github.asInstallation(id);
    const repositories = await allPages<{ id?: number; full_name: string; archived?: boolean }>(
      asInstallation,
      'GET /installation/repositories',
      'repositories',
    );
    for (const { id: number, full_name: repository, archived } of repositories) {
      const told = { repository, ...(number === undefined ? {} : { id: number }) };
      if (archived === true) await removeRepository(database, told, now);
      else if (number === undefined || identity === undefined)
        await seeRepository(database, repository, id, now);
      else await identity.settle({ repository, id: number, installationId: id, isCurrent: true });
    }
    found += repositories.filter(({ archived }) => archived !== true).length;
  }
  return found;
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
