import { type Database, removeRepository, seeRepository } from '../../adapters/postgres/index.ts';
import type { GithubAccess } from '../github.ts';

const pageSize = 100;

/**
 * Asks GitHub where the App is installed: the webhook of an installation may have been sent before the app ever
 * ran. An archived repository takes no write: it is left alone until it is taken out of the archive.
 */
export async function discoverRepositories(
  github: GithubAccess,
  database: Database,
  now: number,
): Promise<number> {
  let found = 0;
  for (const { id } of await allPages<{ id: number }>(github.asApp, 'GET /app/installations')) {
    const asInstallation = (): ReturnType<GithubAccess['asInstallation']> => github.asInstallation(id);
    const repositories = await allPages<{ full_name: string; archived?: boolean }>(
      asInstallation,
      'GET /installation/repositories',
      'repositories',
    );
    for (const { full_name: name, archived } of repositories) {
      if (archived === true) await removeRepository(database, name, now);
      else await seeRepository(database, name, id, now);
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
