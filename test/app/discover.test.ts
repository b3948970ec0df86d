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

it('a suspended installation, and one that cannot be asked, keep no other waiting', async () => {
  const seen: string[] = [];
  const database = {
    query: async (_sql: string, [repository]: readonly unknown[]) => {
      seen.push(String(repository));
      return { rows: [] };
    },
  } as unknown as Database;
  const installations = [{ id: 1, suspended_at: '2026-01-01T00:00:00Z' }, { id: 2 }, { id: 3 }];
  const github = {
    asApp: async () => ({ request: async () => ({ data: installations }) }),
    asInstallation: async (id: number) => {
      if (id !== 3) throw new Error(`no token for ${id}`);
      return { request: async () => ({ data: { repositories: [{ full_name: 'acme/shop' }] } }) };
    },
  };
  await expect(discoverRepositories(github as never, database, 0)).rejects.toThrow('no token for 2');
  expect(seen).toEqual(['acme/shop']);
});
