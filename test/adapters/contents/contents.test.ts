import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { folderContents } from '../../../adapters/blob-folder/index.ts';
import { connect, migrate, postgresContents } from '../../../adapters/postgres/index.ts';
import { parseS3Settings, s3Contents } from '../../../adapters/s3/index.ts';
import type { ContentStore, KeptContent } from '../../../core/ports/blob-store.ts';
import { silentLog } from '../../../core/ports/system.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { credentials, S3Server } from './s3-server.ts';

const past = Date.parse('2020-01-01T00:00:00Z');
const future = Date.now() + 400 * 86_400_000;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const bytesOf = (text: string) => new TextEncoder().encode(text);

let server: S3Server;
let endpoint: string;

beforeEach(async () => {
  server = new S3Server();
  endpoint = await server.start();
});
afterEach(() => server.close());

const bucket = (query = '') =>
  parseS3Settings(`s3://evidence/releases?endpoint=${encodeURIComponent(endpoint)}${query}`, {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  });

async function newDatabase() {
  const { url } = await createTestDatabase();
  const database = await connect({ url, log: silentLog });
  onTestFinished(() => database.close());
  await migrate(database);
  return database;
}

async function listed(store: ContentStore): Promise<readonly KeptContent[]> {
  const kept: KeptContent[] = [];
  for await (const content of store.list()) kept.push(content);
  return kept;
}

const newFolder = () => mkdtemp(join(tmpdir(), 'contents-'));

describe.each<[string, () => Promise<ContentStore>]>([
  ['Postgres', async () => postgresContents(await newDatabase())],
  ['a folder', async () => folderContents(await newFolder())],
  ['a bucket', async () => s3Contents(bucket())],
])('content in %s', (_name, open) => {
  it('is found under its digest, whole and in parts', async () => {
    const store = await open();
    const bytes = randomBytes(1_300_000);
    const stored = await store.put([bytes.subarray(0, 7), bytes.subarray(7)], past);
    expect(stored).toEqual({ sha256: sha256(bytes), size: bytes.length });
    expect(await store.sizeOf(stored.sha256)).toBe(bytes.length);
    for (const [offset, length] of [
      [0, bytes.length],
      [524_287, 2],
      [0, 1],
      [1_299_999, 10],
    ] as const) {
      const found = await store.read(stored.sha256, offset, length);
      expect(Buffer.compare(found, bytes.subarray(offset, offset + length))).toBe(0);
    }
  });

  it('may be empty, and stored twice', async () => {
    const store = await open();
    const empty = await store.put([], past);
    expect(await store.sizeOf(empty.sha256)).toBe(0);
    expect((await store.read(empty.sha256, 0, 10)).length).toBe(0);
    expect(await store.put([bytesOf('a')], past)).toEqual(await store.put([bytesOf('a')], past));
  });

  it('is listed with its size and how long it is kept', async () => {
    const store = await open();
    expect(await listed(store)).toEqual([]);
    const { sha256: one } = await store.put([bytesOf('one')], past);
    const { sha256: three } = await store.put([bytesOf('three')], past);
    await store.hold(three, true);
    expect((await listed(store)).toSorted((a, b) => a.size - b.size)).toEqual([
      { sha256: one, size: 3, held: false, retainUntil: past },
      { sha256: three, size: 5, held: true, retainUntil: past },
    ]);
  });

  it('that is not there is said to be lost, never empty', async () => {
    const store = await open();
    expect(await store.sizeOf('a'.repeat(64))).toBeNull();
    await expect(store.read('a'.repeat(64), 0, 1)).rejects.toMatchObject({ code: 'CONTENT_LOST' });
    await store.remove('a'.repeat(64), future);
  });

  it('is removed after its time, and not before', async () => {
    const store = await open();
    const { sha256: old } = await store.put([bytesOf('old')], past);
    const { sha256: young } = await store.put([bytesOf('young')], future);
    await store.remove(old, Date.now());
    expect(await store.sizeOf(old)).toBeNull();
    await expect(store.remove(young, Date.now())).rejects.toMatchObject({ code: 'RETAINED' });
    expect(await store.sizeOf(young)).toBe(5);
  });

  it('keeps the later of two times', async () => {
    const store = await open();
    const { sha256: name } = await store.put([bytesOf('x')], past);
    await store.put([bytesOf('x')], future);
    await store.retain(name, past);
    await expect(store.remove(name, Date.now())).rejects.toMatchObject({ code: 'RETAINED' });
  });

  it('is kept under a legal hold whatever its time', async () => {
    const store = await open();
    const { sha256: name } = await store.put([bytesOf('held')], past);
    await store.hold(name, true);
    await expect(store.remove(name, Date.now())).rejects.toMatchObject({
      code: 'RETAINED',
      message: expect.stringMatching(/legal hold/),
    });
    await store.hold(name, false);
    await store.remove(name, Date.now());
    expect(await store.sizeOf(name)).toBeNull();
  });

  it('that ends in the middle leaves nothing under a name', async () => {
    const store = await open();
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield bytesOf('half');
      throw new Error('the connection was lost');
    }
    await expect(store.put(broken(), past)).rejects.toThrow('the connection was lost');
    expect(await store.sizeOf(sha256(bytesOf('half')))).toBeNull();
    expect((await store.put([bytesOf('half')], past)).size).toBe(4);
  });
});

describe('Postgres itself', () => {
  it.each([
    ['delete from evidence_contents', /is kept until/],
    [`update evidence_contents set retain_until = 'epoch'`, /keeps its content and its time/],
    ['delete from evidence_pieces', /never changed/],
    [`update evidence_pieces set bytes = ''`, /never changed/],
    ['truncate evidence_pieces cascade', /never changed/],
  ])('refuses: %s', async (sql, message) => {
    const database = await newDatabase();
    await postgresContents(database).put([bytesOf('kept')], future);
    await expect(database.query(sql)).rejects.toThrow(message);
  });
});

describe('a folder', () => {
  it('leaves no drafts, and names a disk that refuses', async () => {
    const folder = await newFolder();
    await folderContents(folder).put([bytesOf('x')], past);
    expect(await readdir(join(folder, 'drafts'))).toEqual([]);
    const file = join(folder, 'file');
    await writeFile(file, '');
    await expect(folderContents(file).put([bytesOf('x')], past)).rejects.toMatchObject({
      code: 'EVIDENCE_STORE_FAILED',
      retryable: true,
    });
  });

  it('keeps what it has no record of', async () => {
    const folder = await newFolder();
    const store = folderContents(folder);
    const { sha256: name } = await store.put([bytesOf('x')], past);
    const record = join(folder, name.slice(0, 2), `${name}.json`);
    await chmod(record, 0o600);
    await writeFile(record, '{}');
    await expect(store.remove(name, Date.now())).rejects.toMatchObject({ code: 'KEEPING_MALFORMED' });
  });
});

describe('a bucket', () => {
  it('takes large content in parts, locked from the first moment', async () => {
    const bytes = randomBytes(17 * 1_048_576);
    const { sha256: name } = await s3Contents(bucket()).put([bytes], future);
    const stored = server.objects.get(`/evidence/releases/${name}`);
    expect(stored?.bytes.equals(bytes)).toBe(true);
    expect(stored?.retainUntil).toBe(future);
  });

  it('is asked for the lock again that it forgot', async () => {
    server.lock = 'not of parts';
    const { sha256: name } = await s3Contents(bucket()).put([randomBytes(17 * 1_048_576)], future);
    expect(server.objects.get(`/evidence/releases/${name}`)?.retainUntil).toBe(future);
  });

  it.each([
    ['small content', 1],
    ['content in parts', 17 * 1_048_576],
  ])('that locks nothing stores no %s', async (_name, size) => {
    server.lock = 'none';
    await expect(s3Contents(bucket()).put([randomBytes(size)], future)).rejects.toMatchObject({
      code: 'EVIDENCE_STORE_REFUSED',
    });
    await expect(s3Contents(bucket('&lock=none')).put([bytesOf('x')], future)).resolves.toMatchObject({
      size: 1,
    });
  });

  it.each([
    ['small content', 1],
    ['content in parts', 17 * 1_048_576],
  ])('that is not there is not a place for %s', async (_name, size) => {
    const nowhere = { ...bucket(), bucket: 'nowhere' };
    await expect(s3Contents(nowhere).put([randomBytes(size)], future)).rejects.toMatchObject({
      code: 'EVIDENCE_STORE_REFUSED',
      message: expect.stringMatching(/is not there/),
    });
  });

  it('without a lock keeps by its own word', async () => {
    const store = s3Contents(bucket('&lock=none'));
    const { sha256: name } = await store.put([bytesOf('x')], future);
    expect(server.objects.get(`/evidence/releases/${name}`)?.retainUntil).toBe(0);
    await expect(store.remove(name, Date.now())).rejects.toMatchObject({ code: 'RETAINED' });
  });

  it('is asked again after a failure, and named when it goes on failing', async () => {
    server.failures.push(500, 503);
    expect((await s3Contents(bucket()).put([bytesOf('x')], past)).size).toBe(1);
    server.failures.push(500, 500, 500);
    await expect(s3Contents(bucket()).put([bytesOf('y')], past)).rejects.toMatchObject({
      code: 'EVIDENCE_STORE_FAILED',
      retryable: true,
    });
  });

  it('tells wrong credentials without quoting them', async () => {
    const settings = { ...bucket(), secretAccessKey: 'another-secret' };
    await expect(s3Contents(settings).put([bytesOf('x')], past)).rejects.toSatisfy(
      (error: Error & { code: string }) =>
        error.code === 'EVIDENCE_STORE_REFUSED' && !JSON.stringify(error).includes('another-secret'),
    );
  });

  it.each([
    ['https://evidence', {}, /s3:/],
    ['s3://evidence?lock=maybe', credentialsOf('a', 'b'), /maybe/],
    ['s3://evidence', {}, /AWS_ACCESS_KEY_ID/],
  ])('is not opened at %s', (address, env, message) => {
    expect(() => parseS3Settings(address, env)).toThrow(message);
  });
});

function credentialsOf(id: string, secret: string) {
  return { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret };
}
