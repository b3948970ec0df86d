import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { throwawayDatabases } from '../../../adapters/embedded-postgres/index.ts';
import { serverDatabases } from '../../../adapters/node-io/server-databases.ts';
import { silentLog } from '../../../core/ports/system.ts';
import { judge } from './judged.ts';

const server = throwawayDatabases({ log: silentLog });
afterAll(() => server.close());

/** A server with a database `restored` that holds rows; its address. */
async function withRestoredCopy(sql: string): Promise<string> {
  const { url } = await server.create();
  const run = async (address: string, text: string): Promise<void> => {
    const client = new pg.Client({ connectionString: address });
    await client.connect();
    await client.query(text).finally(() => client.end());
  };
  await run(url, 'CREATE DATABASE restored');
  const restored = new URL(url);
  restored.pathname = '/restored';
  await run(restored.href, sql);
  return url;
}

describe('a dry run on a restored copy', () => {
  const base = { 'migrations/1.sql': 'CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);' };
  const change =
    'ALTER TABLE orders ADD COLUMN cents bigint;\nUPDATE orders SET cents = total * 100 WHERE id > 0;';
  const plan = [
    'version: 1',
    'changes:',
    '  - name: cents',
    '    phase: backfill',
    '    old: orders.total',
    '    new: orders.cents',
    '    dual_write_flag: write_cents',
    '    backfill: SELECT count(*) FROM orders WHERE cents IS NULL',
    '    parity: { old: "SELECT id, total FROM orders", new: "SELECT id, cents / 100.0 AS total FROM orders", key: [id], sample: 0.5 }',
  ].join('\n');

  it('applies only what is new, on its rows, and leaves the copy as it was', async () => {
    const url = await withRestoredCopy(
      'CREATE TABLE orders (id bigint PRIMARY KEY, total numeric); INSERT INTO orders SELECT n, n FROM generate_series(1, 2000) n;',
    );
    const world = {
      files: { ...base, 'migrations/2.sql': change, 'db/changes/cents.yml': plan },
      base: { ...base, 'db/changes/cents.yml': plan },
      options: { restored_copy: 'restored' },
      databases: serverDatabases(url),
    };
    const { plan: evidence, codes } = await judge(world);
    expect(codes).toEqual([]);
    expect(evidence.dry_run).toMatchObject({ restored_copy: true, statements: 2 });
    expect(evidence.phases[0].backfill).toBe('complete');
    const [parity] = evidence.shadow_parity;
    expect(parity.verdict).toBe('equal');
    expect(parity.compared).toBeGreaterThan(800);
    expect(parity.compared).toBeLessThan(1_200);
    expect((await judge(world)).codes).toEqual([]);
  });

  it('is a mistake in the config without a server that holds one', async () => {
    const run = judge({
      files: base,
      options: { restored_copy: 'restored' },
      databases: server,
    });
    await expect(run).rejects.toMatchObject({ code: 'NO_DATABASE_TO_COPY' });
  });
});
