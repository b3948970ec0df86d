import { beforeEach, describe, expect, it } from 'vitest';
import {
  adoptRepository,
  appendAudit,
  connect,
  type Database,
  formerNames,
  keepNames,
  latestGateResults,
  lockAggregate,
  planEffects,
  readAggregate,
  readAudit,
  readPendingEffect,
  renameRepository,
  repositoryAt,
  saveAggregate,
  seeRepository,
  settleEffect,
  storeGateResult,
} from '../../../adapters/postgres/index.ts';
import type { AggregateRef, GateReport } from '../../../core/flow/event.ts';
import { silentLog } from '../../../core/ports/system.ts';
import { atTestEnd, createTestDatabase } from '../../support/postgres.ts';

const [shop, store] = ['acme/shop', 'acme/store'];
const sha = 'a'.repeat(40);
const note = { action: 'release.planned', actor: 'alice', reason: 'r', reasonCode: null, data: {} };
const moveTo = (to: string, from = shop, id = 1) => ({ id, from, to, reason: 'GitHub says so' });
const release = (repository: string): AggregateRef => ({ kind: 'release', repository, key: 'v1-->' });

let database: Database;

beforeEach(async () => {
  const { url } = await createTestDatabase(atTestEnd, 'schema');
  database = await connect({ url, log: silentLog });
  atTestEnd(() => database.close());
  await adopt(shop, 1);
});

function adopt(repository: string, id: number): Promise<boolean> {
  return database.transaction((tx) => adoptRepository(tx, { id, repository, installationId: 7 }, 0));
}

function rename(to: string, from = shop, id = 1) {
  return database.transaction((tx) => renameRepository(tx, moveTo(to, from, id), 0));
}

function save(ref: AggregateRef): Promise<void> {
  return database.transaction(async (tx) => {
    await lockAggregate(tx, ref);
    await saveAggregate(tx, ref, { sha }, false, 0);
    await appendAudit(tx, ref.repository, ref, [note], 0);
    const effect = { kind: 'startTimer', timer: 'x' } as never;
    await planEffects(tx, ref, [{ id: 'timer/1', effect, lane: `thread/${ref.repository}/3` }], 0);
  });
}

function report(repository: string): GateReport {
  const result = { gate: 'slo', verdict: 'pass', subject: { repository, sha, ref: 'refs/heads/x' } };
  return {
    gate: 'slo',
    result,
    resultSha256: 'b'.repeat(64),
    origin: { via: 'oidc', receivedAt: 0 },
  } as never;
}

describe('a repository that gets another name', () => {
  it('takes everything with it: state, results, waiting effects with their marks, and one unbroken log', async () => {
    await save(release(shop));
    await database.transaction((tx) => storeGateResult(tx, report(shop), []));
    const moved = await rename(store);
    const key = 'release/acme%2Fstore/v1--%3E#timer/1';
    expect(moved).toEqual([{ key, notBefore: 0 }]);
    expect(await readPendingEffect(database, key)).toMatchObject({
      mark: 'release/acme%2Fshop/v1--%3E#timer/1',
      lane: 'thread/acme/store/3',
      aggregate: release(store),
    });
    expect(await readAggregate(database, release(shop))).toBeNull();
    expect(await readAggregate(database, release(store))).not.toBeNull();
    expect(await latestGateResults(database, store, sha)).toHaveLength(1);
    expect(
      (await readAudit(database, store)).map(({ seq, repository, action }) => [seq, repository, action]),
    ).toEqual([
      [1, shop, 'release.planned'],
      [2, store, 'repository.renamed'],
    ]);
    // The old name leads to the log until somebody else has it.
    expect(await readAudit(database, shop)).toHaveLength(2);
  });

  it('is moved once, however many hear of it at the same time', async () => {
    await save(release(shop));
    const moves = await Promise.all(Array.from({ length: 8 }, () => rename(store)));
    expect(moves.filter((move) => move !== null)).toHaveLength(1);
    expect(await readAudit(database, store)).toHaveLength(2);
  });

  it('may get its old name back, and has the same log and keys', async () => {
    await save(release(shop));
    await rename(store);
    await rename(shop, store);
    expect(await readPendingEffect(database, 'release/acme%2Fshop/v1--%3E#timer/1')).not.toBeNull();
    expect((await readAudit(database, shop)).map(({ repository }) => repository)).toEqual([
      shop,
      store,
      shop,
    ]);
    expect(await formerNames(database, 1)).toEqual([store]);
  });

  it('loses no decision that was under way: it is moved with the rest, or refused and decided again', async () => {
    const refs = Array.from(
      { length: 20 },
      (_, n): AggregateRef => ({ kind: 'change', repository: shop, key: `pr/${n}` }),
    );
    const [moved, ...decided] = await Promise.allSettled([rename(store), ...refs.map(save)]);
    expect(moved?.status).toBe('fulfilled');
    const { rows } = await database.query<{ repository: string; n: number }>(
      'select repository, count(*) as n from aggregates group by repository',
    );
    expect(rows.filter(({ repository }) => repository !== store)).toEqual([]);
    expect(rows[0]?.n ?? 0).toBe(decided.filter(({ status }) => status === 'fulfilled').length);
    for (const one of decided) {
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'REPOSITORY_RENAMED' });
    }
    const log = await readAudit(database, store);
    expect(log.map(({ seq }) => seq)).toEqual(log.map((_, n) => n + 1));
    const renamedAt = log.findIndex(({ action }) => action === 'repository.renamed');
    expect(log.map(({ repository }) => repository)).toEqual(
      log.map((_, n) => (n < renamedAt ? shop : store)),
    );
  });

  it('an effect under way is settled by nobody under its old key', async () => {
    await save(release(shop));
    await rename(store);
    const old = 'release/acme%2Fshop/v1--%3E#timer/1';
    expect(await database.transaction((tx) => settleEffect(tx, old, { ok: true, value: {} }, 0))).toBe(false);
  });
});

describe('another repository under the old name', () => {
  beforeEach(async () => {
    await save(release(shop));
    await database.transaction((tx) => storeGateResult(tx, report(shop), []));
    await rename(store);
    expect(await adopt(shop, 2)).toBe(true);
  });

  it('inherits no state, no result of the very same commit, no key and no log', async () => {
    expect(await readAggregate(database, release(shop))).toBeNull();
    expect(await latestGateResults(database, shop, sha)).toEqual([]);
    await save(release(shop));
    expect(await readPendingEffect(database, 'release/acme%2Fshop/v1--%3E#timer/1')).toMatchObject({
      mark: 'release/acme%2Fshop/v1--%3E#timer/1',
    });
    expect((await readAudit(database, shop)).map(({ seq, repository }) => [seq, repository])).toEqual([
      [1, shop],
    ]);
    expect(await readAudit(database, store)).toHaveLength(2);
  });

  it('keeps its name from the first one', async () => {
    await expect(rename(shop, store)).rejects.toMatchObject({ code: 'NAME_TAKEN' });
    expect(await adopt(shop, 1)).toBe(false);
    expect((await repositoryAt(database, shop))?.id).toBe(2);
  });
});

it('nothing is stored under a name that nobody has', async () => {
  await rename(store);
  await expect(save(release(shop))).rejects.toMatchObject({ code: 'REPOSITORY_RENAMED' });
  await expect(database.transaction((tx) => storeGateResult(tx, report(shop), []))).rejects.toMatchObject({
    code: 'REPOSITORY_RENAMED',
  });
  await expect(database.transaction((tx) => appendAudit(tx, shop, null, [note], 0))).rejects.toMatchObject({
    code: 'REPOSITORY_RENAMED',
  });
});

it('who sees a repository and then decides for it waits for who adopts it: neither holds the other up', async () => {
  const seeAndDecide = (n: number): Promise<void> =>
    database.transaction(async (tx) => {
      await keepNames(tx, [shop]);
      await seeRepository(tx, shop, 7, 0);
      await lockAggregate(tx, { kind: 'change', repository: shop, key: `pr/${n}` });
    });
  const both = [1, 2, 3, 4, 5].flatMap((n) => [seeAndDecide(n), adopt(shop, 1)]);
  await expect(Promise.all(both)).resolves.toHaveLength(10);
});
