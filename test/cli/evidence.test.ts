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
let useInResult: (blob: string) => Promise<unknown>;

beforeEach(async () => {
  ({ url } = await createTestDatabase());
  const database = await connect({ url, log: silentLog });
  onTestFinished(() => database.close());
  await migrate(database);
  useInResult = (blob) =>
    database.query(
      `insert into evidence_files values ('acme/shop', $1, 'slo', 'digest', 'slo.json', 'text/plain', $2)`,
      ['a'.repeat(40), blob],
    );
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
    expect(JSON.parse((await evidence('retention', '--json')).stdout)).toMatchObject([
      { sha256: old, size: 3, media_type: 'text/plain', held_because: null, state: 'due' },
      { sha256: young, retain_until: expect.stringMatching(/^\d{4}-\d\d-\d\dT/), state: 'kept' },
    ]);
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

  it('refuses to remove a file before its time, and says until when', async () => {
    const { status, stderr } = await evidence('remove', young);
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/until \d{4}-[\s\S]*RETAINED/);
    expect((await evidence('retention')).stdout).toContain(young);
    expect((await evidence('remove', old)).stdout).toBe(`removed ${old}\n`);
  });

  it('refuses to remove what is held, and what belongs to a known result, and shows both', async () => {
    await evidence('hold', old, '--reason', 'case\n42');
    expect((await evidence('remove', old)).stderr).toMatch(/under a legal hold[\s\S]*RETAINED/);
    expect((await evidence('retention')).stdout).toContain('held: case 42\n');
    await evidence('release', old);
    await useInResult(old);
    expect((await evidence('remove', old)).stderr).toContain('EVIDENCE_IN_USE');
    expect((await evidence('retention')).stdout).toMatch(new RegExp(`${old} .*in use\n[^]*0 held, 0 due`));
    expect((await evidence('prune')).stdout).toBe('0 removed\n');
  });

  it('does not prune everything for somebody who named one file', async () => {
    expect((await evidence('prune', young)).status).toBe(2);
    expect((await evidence('retention')).stdout).toContain(old);
  });

  it.each([
    [['nothing']],
    [['remove']],
    [['remove', 'a'.repeat(64)]],
    [['retention', 'a'.repeat(64)]],
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
