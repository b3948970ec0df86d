import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startPostgres } from '../../../adapters/embedded-postgres/index.ts';
import { parsePostmaster } from '../../../adapters/embedded-postgres/postmaster.ts';
import { silentLog } from '../../../core/ports/system.ts';

let dataDir: string;
const children: ChildProcess[] = [];

describe('the embedded Postgres', () => {
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'rc-data-'));
    await chmod(dataDir, 0o755);
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    const leftover = await startPostgres({ dataDir, log: silentLog }).catch(() => null);
    await leftover?.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('keeps its data from one start to the next, in less than a second', async () => {
    const first = await startPostgres({ dataDir, log: silentLog });
    await run(first.url, 'create table kept (n int)', 'insert into kept values (7)');
    await first.close();

    const begun = performance.now();
    const second = await startPostgres({ dataDir, log: silentLog });
    expect(performance.now() - begun).toBeLessThan(1_000);
    expect(await run(second.url, 'select n from kept')).toEqual([{ n: 7 }]);
    await second.close();
  });

  it('syncs every commit to disk', async () => {
    const server = await startPostgres({ dataDir, log: silentLog });
    expect(await run(server.url, 'show fsync')).toEqual([{ fsync: 'on' }]);
    expect(await run(server.url, 'show synchronous_commit')).toEqual([{ synchronous_commit: 'on' }]);
    await server.close();
  });

  it('keeps its password in a file that only the owner may read, and accepts no other', async () => {
    const server = await startPostgres({ dataDir, log: silentLog });
    const file = join(dataDir, 'postgres', 'password');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const password = (await readFile(file, 'utf8')).trim();
    await expect(run(server.url.replace(password, 'guess'), 'select 1')).rejects.toThrow(/password/);
    await server.close();
  });

  it('refuses a second app on the same directory and names the first', async () => {
    const child = await startInChild(dataDir);
    await expect(startPostgres({ dataDir, log: silentLog })).rejects.toMatchObject({
      code: 'DATA_DIR_IN_USE',
      message: expect.stringContaining(`pid ${child.pid}`),
    });
  });

  it('adopts the server of a killed app with everything that was committed', async () => {
    const child = await startInChild(dataDir);
    const before = await readFile(join(dataDir, 'postgres', 'port'), 'utf8');
    child.kill('SIGKILL');
    await once(child, 'exit');

    const adopted = await startPostgres({ dataDir, log: silentLog });
    expect(await readFile(join(dataDir, 'postgres', 'port'), 'utf8')).toBe(before);
    expect(await run(adopted.url, 'select n from committed')).toEqual([{ n: 42 }]);
    await adopted.close();
    await expect(run(adopted.url, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
  });

  it('lets exactly one of two apps that start at once have the directory', async () => {
    const outcomes = await Promise.allSettled([
      startPostgres({ dataDir, log: silentLog }),
      startPostgres({ dataDir, log: silentLog }),
    ]);
    const winners = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    expect(outcomes.find((outcome) => outcome.status === 'rejected')?.reason).toMatchObject({
      code: 'DATA_DIR_IN_USE',
    });
    await winners[0]?.value.close();
  });
});

describe('postmaster.pid', () => {
  it('is read by its lines', () => {
    expect(parsePostmaster('91\n/d\n1700000000\n5433\n\n127.0.0.1\n  1 2\nready   \n')).toEqual({
      pid: 91,
      port: 5433,
      status: 'ready',
    });
  });

  it.each([
    ['', null],
    ['x\n', null],
    ['-4\n', null],
    ['91\n/d', { pid: 91, port: 0, status: 'unknown' }],
  ])('%j gives %j', (text, expected) => expect(parsePostmaster(text)).toEqual(expected));
});

async function run(url: string, ...statements: string[]): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    let rows: unknown[] = [];
    for (const statement of statements) rows = (await client.query(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}

/** An app in its own process: starts Postgres, commits a row, says so, and waits to be killed. */
async function startInChild(directory: string): Promise<ChildProcess> {
  const program = `
    import pg from 'pg';
    import { startPostgres } from './adapters/embedded-postgres/index.ts';
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const { url } = await startPostgres({ dataDir: ${JSON.stringify(directory)}, log });
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('create table committed as select 42 as n');
    console.log('committed');
    setInterval(() => {}, 1_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  return child;
}
