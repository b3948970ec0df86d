import { beforeEach, describe, expect, it } from 'vitest';
import {
  adoptRepository,
  connect,
  type Database,
  repositoryAt,
  repositoryById,
} from '../../adapters/postgres/index.ts';
import { type Identity, repositoryIdentity } from '../../app/identity.ts';
import { silentLog } from '../../core/ports/system.ts';
import { atTestEnd, createTestDatabase } from '../support/postgres.ts';

const [shop, store] = ['acme/shop', 'acme/store'];
const minute = 60_000;

/** GitHub: who has which name, who had one, and which installation sees whom. */
class Names {
  readonly asked: string[] = [];
  readonly names = new Map<number, string>();
  readonly former = new Map<string, number>();
  readonly sees = new Map<number, number>();
  status: number | null = null;

  has(id: number, name: string, installation = 7): void {
    const before = this.names.get(id);
    if (before !== undefined) this.former.set(before, id);
    this.names.set(id, name);
    this.sees.set(id, installation);
  }

  as(installation: number) {
    return {
      request: async (
        route: string,
        { owner, repo, repository_id: number }: Record<string, unknown> = {},
      ) => {
        this.asked.push(route);
        if (this.status !== null)
          throw Object.assign(new Error('it fails'), { status: this.status, response: {} });
        const named = [...this.names].find(([, name]) => name === `${owner}/${repo}`)?.[0];
        const id = Number(number ?? named ?? this.former.get(`${owner}/${repo}`));
        const name = this.names.get(id);
        if (name === undefined || this.sees.get(id) !== installation) {
          throw Object.assign(new Error('Not Found'), { status: 404, response: {} });
        }
        return { status: 200, headers: {}, data: { id, full_name: name } };
      },
    };
  }
}

let database: Database;
let github: Names;
let identity: Identity;
let now = 0;

beforeEach(async () => {
  const { url } = await createTestDatabase(atTestEnd, 'schema');
  database = await connect({ url, log: silentLog });
  atTestEnd(() => database.close());
  await database.transaction((tx) => adoptRepository(tx, { id: 1, repository: shop, installationId: 7 }, 0));
  github = new Names();
  github.has(1, shop);
  now = 0;
  identity = repositoryIdentity({
    database,
    queue: { send: async () => undefined } as never,
    github: { asInstallation: async (id) => github.as(id) as never },
    now: () => now,
    log: silentLog,
  });
});

describe('before work is done for a repository', () => {
  it('GitHub is asked once a minute whether it is still called so, by its name', async () => {
    await identity.assure(shop);
    now = minute - 1;
    await identity.assure(shop);
    expect(github.asked).toEqual(['GET /repos/{owner}/{repo}']);
    now = minute;
    await identity.assure(shop);
    expect(github.asked).toHaveLength(2);
  });

  it('a rename that nobody told is found, and what was decided is decided again', async () => {
    github.has(1, store);
    await expect(identity.assure(shop)).rejects.toMatchObject({ code: 'REPOSITORY_RENAMED' });
    expect(await repositoryById(database, 1)).toMatchObject({ repository: store, installed: true });
    await identity.assure(store);
  });

  it('a rename is found by the number where somebody else has the name already', async () => {
    github.has(1, store);
    github.has(2, shop);
    await expect(identity.assure(shop)).rejects.toMatchObject({ code: 'REPOSITORY_RENAMED' });
    expect(github.asked).toContain('GET /repositories/{repository_id}');
    expect(await repositoryAt(database, store)).toMatchObject({ id: 1 });
    expect(await repositoryAt(database, shop)).toBeNull();
  });

  it('nothing is done for one that is gone, nor for a new one under its name', async () => {
    github.names.delete(1);
    github.has(2, shop);
    await expect(identity.assure(shop)).rejects.toMatchObject({ code: 'OUT_OF_REACH' });
    expect(await repositoryById(database, 1)).toMatchObject({ installed: false });
  });

  it.each([500, 502, 429])(
    'an answer of %i is no word about the name: it is asked again later',
    async (status) => {
      github.status = status;
      await expect(identity.assure(shop)).rejects.toMatchObject({ retryable: true });
      expect(await repositoryById(database, 1)).toMatchObject({ repository: shop, installed: true });
      github.status = null;
      await identity.assure(shop);
    },
  );
});

describe('a repository that nobody knew', () => {
  it('is taken in without a question under a name that nobody has', async () => {
    expect(await identity.settle({ id: 2, repository: store, installationId: 7 })).toBe(store);
    expect(github.asked).toEqual([]);
    expect(await repositoryById(database, 2)).toMatchObject({ repository: store });
  });

  it('takes the name of another only when GitHub says so', async () => {
    const told = { id: 2, repository: shop, installationId: 7 };
    await expect(identity.settle(told)).rejects.toMatchObject({ code: 'OUT_OF_REACH' });
    expect(await repositoryAt(database, shop)).toMatchObject({ id: 1 });
  });
});

describe('a repository that was transferred', () => {
  it('goes on under its new owner where the App is installed there', async () => {
    github.has(1, 'umbrella/shop', 9);
    const told = { id: 1, repository: 'umbrella/shop', installationId: 9 };
    expect(await identity.settle(told)).toBe('umbrella/shop');
    expect(await repositoryById(database, 1)).toEqual({ ...told, installed: true });
    expect(await repositoryAt(database, shop)).toBeNull();
  });

  it('waits where the App is not, and goes on when it comes', async () => {
    github.has(1, 'umbrella/shop', 9);
    await expect(identity.assure(shop)).rejects.toMatchObject({ code: 'OUT_OF_REACH' });
    await expect(identity.reach(shop)).rejects.toMatchObject({ code: 'OUT_OF_REACH' });
    await identity.settle({ id: 1, repository: 'umbrella/shop', installationId: 9, isCurrent: true });
    await identity.reach('umbrella/shop');
    await identity.assure('umbrella/shop');
  });
});
