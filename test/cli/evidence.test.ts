import { chmod } from 'node:fs/promises';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { folderContents } from '../../adapters/blob-folder/index.ts';
import { startPostgres } from '../../adapters/embedded-postgres/index.ts';
import { connect, migrate, postgresContents, readAudit } from '../../adapters/postgres/index.ts';
import { createBlobs } from '../../app/evidence/blobs.ts';
import { renderAuditLine } from '../../core/audit/lines.ts';
import { silentLog } from '../../core/ports/system.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { FakeWorld, folderWith } from './support.ts';

const year = 365 * 86_400_000;
let url: string;
let young: string;
let old: string;
let stage: (text: string) => Promise<string>;
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
    return (await blobs.put([new TextEncoder().encode(text)], 'text/plain', 'acme/shop')).sha256;
  };
  stage = async (text) => {
    const blobs = createBlobs({ database, contents, retention: year, now: Date.now });
    return (await blobs.stage([new TextEncoder().encode(text)], 'text/plain')).sha256;
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

  it('needs a database or a store', async () => {
    const world = new FakeWorld(await folderWith({}));
    expect(await world.run('evidence', 'retention')).toBe(2);
    expect(world.stderr).toContain('DATABASE_URL');
  });
});

describe('what is done with evidence', () => {
  const logged = async () => {
    const database = await connect({ url, log: silentLog, connections: 1 });
    const entries = await readAudit(database, 'acme/shop');
    await database.close();
    return entries;
  };

  it('is told in the audit log, with who and why, and audit verify lists it', async () => {
    await evidence('hold', old, '--reason', 'case\n42', '--by', 'Mona Lisa');
    await evidence('release', old, '--reason', 'case closed', '--by', 'Mona Lisa');
    await evidence('remove', old);
    const entries = await logged();
    expect(entries).toMatchObject([
      { action: 'evidence.held', actor: 'operator:Mona Lisa', reason: 'case\n42', data: { sha256: old } },
      { action: 'evidence.released', reason: 'case closed', data: { held_because: 'case\n42' } },
      { action: 'evidence.removed', actor: expect.stringMatching(/^operator:./), data: { size: 3 } },
    ]);
    const log = entries.map((entry) => `${renderAuditLine(entry)}\n`).join('');
    const world = new FakeWorld(await folderWith({ 'log.jsonl': log }));
    expect(await world.run('audit', 'verify', 'log.jsonl')).toBe(0);
    expect(world.stdout).toContain(`entry 1: evidence.held ${old} by operator:Mona Lisa at `);
    expect(world.stdout).toMatch(
      /entry 1: .*: case 42\nentry 2: evidence.released .*: case closed\nentry 3: /,
    );
  });

  it('is not told when nothing was done', async () => {
    await evidence('remove', young);
    await evidence('release', old);
    expect(await logged()).toEqual([]);
  });

  it('cannot be told of what is nobody’s evidence, until somebody says whose it is', async () => {
    const nobodys = await stage('unbelieved');
    expect((await evidence('hold', nobodys, '--reason', 'x')).stderr).toContain('EVIDENCE_OF_NOBODY');
    expect((await evidence('hold', nobodys, '--reason', 'x', '--repo', 'acme/shop')).status).toBe(0);
    expect(await logged()).toMatchObject([{ action: 'evidence.held', data: { sha256: nobodys } }]);
  });

  it('happens once: of a hold and a removal at the same time the later one finds what the first one did', async () => {
    const [held, removed] = await Promise.all([
      evidence('hold', old, '--reason', 'case 42'),
      evidence('remove', old),
    ]);
    expect([held.status, removed.status].filter((status) => status === 0)).toHaveLength(1);
    const report = (await evidence('retention')).stdout;
    expect(report.includes(old)).toBe(held.status === 0);
    expect((await logged()).map(({ action }) => action)).toEqual([
      held.status === 0 ? 'evidence.held' : 'evidence.removed',
    ]);
  });
});

describe('evidence without a database', () => {
  it('shows what a store knows by itself, and changes nothing', async () => {
    const folder = await folderWith({});
    const contents = folderContents(folder);
    const { sha256 } = await contents.put([new TextEncoder().encode('kept')], Date.now() + year);
    const world = new FakeWorld(await folderWith({}), { EVIDENCE_STORE: folder });
    expect(await world.run('evidence', 'retention')).toBe(0);
    expect(world.stdout).toMatch(new RegExp(`^${sha256} +4 .*kept\n1 files, 4 bytes, 0 held\n$`));
    expect(await world.run('evidence', 'hold', sha256, '--reason', 'case 42')).toBe(2);
    expect(world.stderr).toContain('DATABASE_URL');
  });

  it('finds the database of the Conductor in DATA_DIR', async () => {
    const dataDir = await folderWith({});
    await chmod(dataDir, 0o755); // Postgres may run as another account
    const running = await startPostgres({ dataDir, log: silentLog });
    onTestFinished(() => running.close());
    const database = await connect({ url: running.url, log: silentLog, connections: 1 });
    await migrate(database);
    await database.close();
    const world = new FakeWorld(await folderWith({}), { DATA_DIR: dataDir });
    expect(await world.run('evidence', 'retention')).toBe(0);
    expect(world.stdout).toContain('0 files, 0 bytes');
  });
});
