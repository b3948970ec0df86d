import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import {
  appendAudit,
  connect,
  type Database,
  lockAggregate,
  migrate,
  planEffects,
  postgresContents,
  readAudit,
  readPendingEffect,
  saveAggregate,
  settleEffect,
  useToken,
} from '../../../adapters/postgres/index.ts';
import { type AuditEntry, sealAuditEntry, unsealedEntry } from '../../../core/audit/entry.ts';
import { verifyAuditChain } from '../../../core/audit/verify.ts';
import type { AggregateRef } from '../../../core/flow/event.ts';
import { silentLog } from '../../../core/ports/system.ts';
import { createTestDatabase } from '../../support/postgres.ts';

const release: AggregateRef = { kind: 'release', repository: 'acme/shop', key: 'v1.0.0' };
const note = {
  action: 'a',
  actor: 'alice',
  reason: 'r',
  reasonCode: null,
  data: { n: 1e21, text: 'a\u0000\ud800' },
};
const now = Date.parse('2026-01-02T03:04:05.678Z');

let database: Database;
beforeEach(async () => {
  const { url } = await createTestDatabase();
  database = await connect({ url, log: silentLog });
  onTestFinished(() => database.close());
  await migrate(database);
});

describe('migrations', () => {
  async function folderWith(files: Record<string, string>): Promise<URL> {
    const folder = await mkdtemp(join(tmpdir(), 'migrations-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    for (const [name, sql] of Object.entries(files)) await writeFile(join(folder, name), sql);
    return pathToFileURL(`${folder}/`);
  }

  it('are applied once, by one of several processes', async () => {
    const { url } = await createTestDatabase();
    const other = await connect({ url, log: silentLog });
    onTestFinished(() => other.close());
    const applied = await Promise.all([migrate(other), migrate(other), migrate(other)]);
    expect(applied.flat()).toEqual(applied.find((names) => names.length > 0));
    expect(applied.flat()[0]).toBe('0001_store.sql');
  });

  it('are numbered one after the other', async () => {
    const names = (await readdir('adapters/postgres/migrations')).sort();
    const numbers = names.map((_name, i) => String(i + 1).padStart(4, '0'));
    expect(names.map((name) => name.slice(0, 4))).toEqual(numbers);
  });

  it.each([
    ['was edited afterwards', { '0001_store.sql': 'select 1' }, 'MIGRATION_EDITED'],
    ['is unknown to this version', {}, 'SCHEMA_NEWER'],
  ])('stop the start when one %s', async (_name, files, code) => {
    await expect(migrate(database, await folderWith(files))).rejects.toMatchObject({ code });
  });

  it('leave nothing behind when one fails', async () => {
    const { url, query } = await createTestDatabase();
    const other = await connect({ url, log: silentLog });
    onTestFinished(() => other.close());
    const folder = await folderWith({ '0001_a.sql': 'create table a ()', '0002_b.sql': 'nonsense' });
    await expect(migrate(other, folder)).rejects.toThrow(/nonsense/);
    expect(await query(`select to_regclass('a') as a, to_regclass('schema_migrations') as m`)).toEqual([
      { a: null, m: null },
    ]);
  });
});

describe('the audit log', () => {
  it('is one unbroken chain however many transactions append at once', async () => {
    await Promise.all(
      Array.from({ length: 20 }, () =>
        database.transaction((tx) => appendAudit(tx, 'acme/shop', release, [note, note], now)),
      ),
    );
    const entries = await readAudit(database, 'acme/shop');
    expect(entries).toHaveLength(40);
    expect(verifyAuditChain(entries)).toEqual({ ok: true });
  });

  it('is chained by Postgres exactly as the core chains it, whatever the text', async () => {
    const texts = ['', 'ä😀"\\\n\t', '{"hash":"x"}', "'; drop table audit --", 'a\u0000\ud800', '\u2028'];
    const notes = texts.map((text) => ({
      ...note,
      action: text,
      actor: text,
      reason: text,
      data: { [text]: text },
    }));
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    await database.transaction((tx) => appendAudit(tx, 'acme/shop', release, notes, now, traceId));
    await database.transaction((tx) => appendAudit(tx, 'acme/shop', null, [note], now));
    let previous: AuditEntry | null = null;
    for (const found of await readAudit(database, 'acme/shop')) {
      const source = notes[found.seq - 1] ?? note;
      const trace = found.seq > notes.length ? undefined : traceId;
      previous = sealAuditEntry(previous, unsealedEntry(source, now, 'acme/shop', trace));
      expect(found).toEqual(previous);
    }
    expect(previous?.seq).toBe(texts.length + 1);
  });

  it('takes nothing from a transaction that failed, nor that from the log', async () => {
    const failing = database.transaction(async (tx) => {
      await appendAudit(tx, 'acme/shop', release, [note], now);
      tx.sendLast?.({ name: 'failing', text: 'select 1 / 0' }, []);
    });
    await expect(failing).rejects.toThrow(/division by zero/);
    const swallowing = database.transaction(async (tx) => {
      await tx.query('select 1 / 0').catch(() => undefined);
    });
    await expect(swallowing).rejects.toMatchObject({ code: 'TRANSACTION_ABORTED' });
    expect(await readAudit(database, 'acme/shop')).toEqual([]);
  });

  it.each([[`update audit set entry = '{}'`], ['delete from audit'], ['truncate audit']])(
    'refuses: %s',
    async (sql) => {
      await database.transaction((tx) => appendAudit(tx, 'acme/shop', release, [note], now));
      await expect(database.query(sql)).rejects.toThrow(/append-only/);
      expect(await readAudit(database, 'acme/shop')).toHaveLength(1);
    },
  );

  it.each([
    [`update audit set entry = '{}'`],
    ['delete from audit'],
    ['truncate audit'],
    ['delete from audit_heads'],
  ])('gives an ordinary account no right to: %s', async (sql) => {
    const role = `app_${randomUUID().replaceAll('-', '')}`;
    const { url, query } = await createTestDatabase();
    await query(`create role ${role} login password 'app'`);
    await query(`grant all on schema public to ${role}`);
    const address = new URL(url);
    address.username = role;
    address.password = 'app';
    const own = await connect({ url: address.href, log: silentLog });
    onTestFinished(() => own.close());
    await migrate(own);
    await own.transaction((tx) => appendAudit(tx, 'acme/shop', release, [note], now));
    await own.query('alter table audit disable trigger user');
    await expect(own.query(sql)).rejects.toThrow(/permission denied/);
    expect(await readAudit(own, 'acme/shop')).toHaveLength(1);
  });

  it('tells a removed entry even from somebody who switched the trigger off', async () => {
    await database.transaction((tx) => appendAudit(tx, 'acme/shop', release, [note, note, note], now));
    await database.query('alter table audit disable trigger user; delete from audit where seq = 2');
    expect(verifyAuditChain(await readAudit(database, 'acme/shop'))).toMatchObject({
      code: 'REMOVED',
      position: 1,
    });
  });
});

describe('a transaction', () => {
  it('that fails leaves no state, no audit entry and no effect', async () => {
    const failing = database.transaction(async (tx) => {
      await lockAggregate(tx, release);
      await saveAggregate(tx, release, { sha: 'cafe' }, false, now);
      await appendAudit(tx, 'acme/shop', release, [note], now);
      await planEffects(
        tx,
        release,
        [{ id: 'x', lane: 'x', effect: { kind: 'startTimer', timer: 't' } }],
        now,
      );
      throw new Error('power cut');
    });
    await expect(failing).rejects.toThrow('power cut');
    for (const table of ['aggregates', 'audit', 'effects']) {
      expect((await database.query(`select * from ${table}`)).rows).toEqual([]);
    }
  });

  it('waits for another one that decides the same aggregate, also before it exists', async () => {
    const order: string[] = [];
    const hasLock = Promise.withResolvers<void>();
    const mayEnd = Promise.withResolvers<void>();
    const first = database.transaction(async (tx) => {
      await lockAggregate(tx, release);
      hasLock.resolve();
      await mayEnd.promise;
      order.push('first');
    });
    await hasLock.promise;
    const second = database.transaction(async (tx) => {
      await lockAggregate(tx, release);
      order.push('second');
    });
    mayEnd.resolve();
    await Promise.all([first, second]);
    expect(order).toEqual(['first', 'second']);
  });
});

describe('an effect', () => {
  const planned = { id: 'deploy/1', lane: 'l', effect: { kind: 'startTimer', timer: 't' } } as const;

  it('that was decided before is not planned again, not even after it is settled', async () => {
    const plan = (): Promise<readonly unknown[]> =>
      database.transaction((tx) => planEffects(tx, release, [planned], now));
    expect(await plan()).toHaveLength(1);
    expect(await plan()).toEqual([]);
    const key = 'release/acme%2Fshop/v1.0.0#deploy/1';
    expect(await readPendingEffect(database, key)).toMatchObject({ effect: planned.effect, attempts: 0 });
    await database.transaction((tx) => settleEffect(tx, key, { ok: true, value: {} }, now));
    expect(await plan()).toEqual([]);
    expect(await readPendingEffect(database, key)).toBeNull();
  });

  it('settles once', async () => {
    await database.transaction((tx) => planEffects(tx, release, [planned], now));
    const settle = (): Promise<boolean> =>
      database.transaction((tx) =>
        settleEffect(tx, 'release/acme%2Fshop/v1.0.0#deploy/1', { ok: true, value: {} }, now),
      );
    expect((await Promise.all([settle(), settle(), settle()])).filter(Boolean)).toHaveLength(1);
  });
});

describe('a token', () => {
  const token = { jti: 'abc', expiresAt: now };

  it('serves one result, as often as it is sent, and no other', async () => {
    const use = (result: string): Promise<boolean> =>
      database.transaction((tx) => useToken(tx, token, result, now));
    expect([await use('one'), await use('one'), await use('two')]).toEqual([true, true, false]);
  });
});

describe('bytes', () => {
  it('are kept once under their digest', async () => {
    const contents = postgresContents(database);
    const stored = await contents.put([new Uint8Array([1, 2]), new Uint8Array([3])], now);
    expect(stored).toEqual({
      sha256: '039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81',
      size: 3,
    });
    expect(await contents.put([new Uint8Array([1, 2, 3])], now)).toEqual(stored);
    expect([...(await contents.read(stored.sha256, 1, 9))]).toEqual([2, 3]);
  });
});
