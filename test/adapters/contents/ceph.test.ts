import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { AwsClient } from 'aws4fetch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseS3Settings, s3Contents } from '../../../adapters/s3/index.ts';
import type { ContentStore } from '../../../core/ports/blob-store.ts';
import { cephUser, hasCeph, type RunningCeph, startCeph } from '../../support/ceph.ts';

const future = Date.now() + 400 * 86_400_000;
const bytesOf = (text: string) => new TextEncoder().encode(text);

/** The words that S3 and its imitations agree on, said to one that we did not write. */
describe.skipIf(!hasCeph())('a bucket of Ceph, with object lock', () => {
  const aws = new AwsClient({ ...cephUser, region: 'us-east-1', service: 's3', retries: 0 });
  let ceph: RunningCeph;
  let store: ContentStore;

  const open = (bucket: string, secret: string = cephUser.secretAccessKey): ContentStore =>
    s3Contents(
      parseS3Settings(`s3://${bucket}/releases?endpoint=${encodeURIComponent(ceph.endpoint)}`, {
        AWS_ACCESS_KEY_ID: cephUser.accessKeyId,
        AWS_SECRET_ACCESS_KEY: secret,
      }),
    );
  const makeBucket = (name: string, headers: Record<string, string>) =>
    aws.fetch(`${ceph.endpoint}/${name}`, { method: 'PUT', headers });
  const ask = (method: string, sha256: string, query = '') =>
    aws.fetch(`${ceph.endpoint}/evidence/releases/${sha256}${query}`, { method });

  beforeAll(async () => {
    ceph = await startCeph();
    const locked = await makeBucket('evidence', { 'x-amz-bucket-object-lock-enabled': 'true' });
    const plain = await makeBucket('plain', {});
    expect([locked.status, plain.status]).toEqual([200, 200]);
    store = open('evidence');
  }, 180_000);
  afterAll(() => ceph?.close());

  it.each([
    ['nothing', 0],
    ['a little', 1_300_000],
    ['content in parts', 17 * 1_048_576],
  ])('keeps %s under its digest, and gives any part of it', async (_name, size) => {
    const bytes = randomBytes(size);
    const stored = await store.put([bytes.subarray(0, 7), bytes.subarray(7)], future);
    expect(stored).toEqual({ sha256: createHash('sha256').update(bytes).digest('hex'), size });
    expect(await store.sizeOf(stored.sha256)).toBe(size);
    const [from, length] = [Math.max(0, size - 100), 90];
    expect(
      Buffer.compare(await store.read(stored.sha256, from, length), bytes.subarray(from, from + length)),
    ).toBe(0);
    expect(await store.put([bytes], future)).toEqual(stored);
  });

  it.each([
    ['a little', 1],
    ['content in parts', 17 * 1_048_576],
  ])('is locked for %s against everybody, also against who asks past us', async (_name, size) => {
    const { sha256 } = await store.put([randomBytes(size)], future);
    const head = await ask('HEAD', sha256);
    expect(head.headers.get('x-amz-object-lock-mode')).toBe('COMPLIANCE');
    expect(Date.parse(head.headers.get('x-amz-object-lock-retain-until-date') ?? '')).toBe(future);
    const version = `?versionId=${head.headers.get('x-amz-version-id')}`;
    expect((await ask('DELETE', sha256, version)).status).toBe(403);
    await expect(store.remove(sha256, Date.now())).rejects.toMatchObject({ code: 'RETAINED' });
    await store.retain(sha256, future - 86_400_000);
    await store.retain(sha256, future + 86_400_000);
    expect((await ask('HEAD', sha256)).headers.get('x-amz-object-lock-retain-until-date')).toContain(
      new Date(future + 86_400_000).toISOString().slice(0, 19),
    );
  });

  it('gives up what is due, unless it is held', async () => {
    const due = Date.now() + 2_500;
    const { sha256 } = await store.put([randomBytes(10)], due);
    await store.hold(sha256, true);
    while (Date.now() < due) await pause(50);
    await expect(store.remove(sha256, Date.now())).rejects.toMatchObject({
      message: expect.stringMatching(/legal hold/),
    });
    const version = `?versionId=${(await ask('HEAD', sha256)).headers.get('x-amz-version-id')}`;
    expect((await ask('DELETE', sha256, version)).status).toBe(403);
    await store.hold(sha256, false);
    await store.remove(sha256, Date.now());
    expect(await store.sizeOf(sha256)).toBeNull();
    await expect(store.read(sha256, 0, 1)).rejects.toMatchObject({ code: 'CONTENT_LOST' });
  });

  it.each([
    ['a bucket without object lock', () => open('plain'), 1],
    ['a bucket without object lock, in parts', () => open('plain'), 17 * 1_048_576],
    ['a bucket that is not there', () => open('nowhere'), 1],
    ['a wrong secret', () => open('evidence', 'another-secret'), 1],
  ])('is refused: %s', async (_name, opened, size) => {
    await expect(opened().put([randomBytes(size)], future)).rejects.toMatchObject({
      code: 'EVIDENCE_STORE_REFUSED',
    });
  });

  it('that ends in the middle leaves nothing under a name', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield bytesOf('half');
      throw new Error('the connection was lost');
    }
    await expect(store.put(broken(), future)).rejects.toThrow('the connection was lost');
    expect(await store.sizeOf(createHash('sha256').update('half').digest('hex'))).toBeNull();
  });
});
