import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { connect, migrate, postgresContents } from '../../adapters/postgres/index.ts';
import { createBlobs } from '../../app/evidence/blobs.ts';
import { silentLog } from '../../core/ports/system.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { FakeWorld, folderWith } from './support.ts';

const year = 365 * 86_400_000;
let url: string;
let young: string;
let old: string;

beforeEach(async () => {
  ({ url } = await createTestDatabase());
  const database = await connect({ url, log: silentLog });
  onTestFinished(() => database.close());
  await migrate(database);
  const contents = postgresContents(database);
  const put = async (text: string, now: number) => {
    const blobs = createBlobs({ database, contents, retention: year, now: () => now });
    return (await blobs.put([new TextEncoder().encode(text)], 'text/plain')).sha256;
  };
  young = await put('young', Date.now());
  old = await put('old', Date.now() - 2 * year);
});

const evidence = async (...argv: string[]) => {
  const world = new FakeWorld(await folderWith({}), { DATABASE_URL: url });
  const status = await world.run('evidence', ...argv);
  return { status, stdout: world.stdout, stderr: world.stderr };
};

describe('evidence', () => {
  it('reports what is kept until when, and what is due', async () => {
    const { status, stdout } = await evidence('retention');
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`${old} .*due\n${young} .*kept\n2 files, 8 bytes, 0 held, 1 due`));
    expect(JSON.parse((await evidence('retention', '--json')).stdout)).toHaveLength(2);
  });

  it('removes what is due and nothing else', async () => {
    expect((await evidence('prune')).stdout).toBe(`removed ${old}\n1 removed\n`);
    expect((await evidence('retention')).stdout).toContain('1 files, 5 bytes, 0 held, 0 due');
  });

  it('removes nothing under a legal hold', async () => {
    expect((await evidence('hold', old, '--reason', 'case 42')).status).toBe(0);
    expect((await evidence('retention')).stdout).toContain('held: case 42');
    expect((await evidence('prune')).stdout).toBe('0 removed\n');
    await evidence('release', old);
    expect((await evidence('prune')).stdout).toContain('1 removed');
  });

  it.each([
    [['nothing']],
    [['hold', 'abc', '--reason', 'x']],
    [['hold', 'a'.repeat(64), '--reason', 'x']],
    [['hold', 'a'.repeat(64)]],
  ])('exits 2 for %j', async (argv) => {
    expect((await evidence(...argv)).status).toBe(2);
  });

  it('needs the database', async () => {
    const world = new FakeWorld(await folderWith({}));
    expect(await world.run('evidence', 'retention')).toBe(2);
    expect(world.stderr).toContain('DATABASE_URL');
  });
});
