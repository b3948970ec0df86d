import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startPostgres } from '../../../adapters/embedded-postgres/index.ts';
import { appendAudit, connect, migrate, readAudit } from '../../../adapters/postgres/index.ts';
import { verifyAuditChain } from '../../../core/audit/verify.ts';
import { silentLog } from '../../../core/ports/system.ts';

const note = { action: 'a', actor: 'alice', reason: 'r', reasonCode: null, data: {} };

it('every append that was answered survives a Postgres that stops without a flush', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'rc-durable-'));
  await chmod(dataDir, 0o755); // Postgres may run as another account
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const first = await startPostgres({ dataDir, log: silentLog });
  const database = await connect({ url: first.url, log: silentLog });
  await migrate(database);

  const answered: number[] = [];
  const append = async (n: number): Promise<void> => {
    await database.transaction((tx) => appendAudit(tx, 'acme/shop', null, [{ ...note, data: { n } }], 0));
    answered.push(n);
    if (answered.length === 200) await stopAtOnce(dataDir);
  };
  await Promise.allSettled(Array.from({ length: 400 }, (_, n) => append(n)));
  await database.close();
  await first.close();
  expect(answered.length).toBeGreaterThanOrEqual(200);

  const second = await startPostgres({ dataDir, log: silentLog });
  onTestFinished(() => second.close());
  const again = await connect({ url: second.url, log: silentLog });
  onTestFinished(() => again.close());
  const entries = await readAudit(again, 'acme/shop');
  expect(verifyAuditChain(entries)).toEqual({ ok: true });
  const kept = new Set(entries.map(({ data }) => data.n));
  expect(answered.filter((n) => !kept.has(n))).toEqual([]);
});

/** What `pg_ctl stop -m immediate` does: every process of the server quits, and nothing is written any more. */
async function stopAtOnce(dataDir: string): Promise<void> {
  const file = await readFile(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8');
  process.kill(Number(file.split('\n')[0]), 'SIGQUIT');
}
