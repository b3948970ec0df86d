import { expect, it } from 'vitest';
import type { Database } from '../../adapters/postgres/index.ts';
import { discoverRepositories } from '../../app/jobs/discover.ts';

it('repositories that were archived are left alone, and seen again when they come back', async () => {
  const written: string[] = [];
  const database = {
    query: async (sql: string, [repository]: readonly unknown[]) => {
      written.push(`${/^\s*(\w+)/.exec(sql)?.[1]} ${String(repository)}`);
      return { rows: [] };
    },
  } as unknown as Database;
  const installed = (archived: boolean) => ({
    asApp: async () => ({ request: async () => ({ data: [{ id: 1 }] }) }),
    asInstallation: async () => ({
      request: async () => ({
        data: { repositories: [{ full_name: 'acme/shop' }, { full_name: 'acme/old', archived }] },
      }),
    }),
  });
  expect(await discoverRepositories(installed(true) as never, database, 0)).toBe(1);
  expect(await discoverRepositories(installed(false) as never, database, 0)).toBe(2);
  expect(written).toEqual(['insert acme/shop', 'update acme/old', 'insert acme/shop', 'insert acme/old']);
});
