import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openEvidenceKey } from '../../adapters/sigstore/evidence-key.ts';
import { readKeyRing, revokeSigningKey, rotateSigningKey } from '../../adapters/sigstore/key-ring.ts';
import { keySigner } from '../../adapters/sigstore/signer.ts';
import { loadSigningKey } from '../../adapters/sigstore/signing-key.ts';
import { verifyBundle } from '../../adapters/sigstore/verify-bundle.ts';
import { readZip } from '../../adapters/zip/read-zip.ts';
import { memorySource } from '../../core/evidence/bytes.ts';
import { parseTrustedKeys, renderKeySet } from '../../core/evidence/key-set.ts';
import { verifyEvidence } from '../../core/evidence/verify.ts';
import type { TrustedKey } from '../../core/ports/signer.ts';
import { inputsFor, packInMemory, portsWith, withAuditTree } from './support.ts';

const decidedAt = inputsFor().decidedAt;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'key-ring-'));
});

/** Evidence by the key of the folder, and what somebody with these keys says of it. */
async function evidenceOf(): Promise<(trustedKeys: readonly TrustedKey[]) => Promise<string[]>> {
  const ports = portsWith(await loadSigningKey(folder));
  const { zip, bundle } = await packInMemory(await withAuditTree(inputsFor(), ports), ports);
  return async (trustedKeys) => {
    const input = { zip: memorySource(zip), bundle, trustedKeys, expected: {} };
    const report = await verifyEvidence(input, { readArchive: readZip, verifyBundle: ports.verifyBundle });
    return report.problems.map(({ code, entry }) => `${code} ${entry}`);
  };
}

/** Through the published document, as verifiers have it. */
const published = (keys: readonly TrustedKey[]) => parseTrustedKeys(renderKeySet(keys));

describe('the keys of a Conductor', () => {
  it('are one at first, readable by nobody else', async () => {
    expect(await readKeyRing(folder)).toHaveLength(1);
    expect((await stat(join(folder, 'signing-key.pem'))).mode & 0o777).toBe(0o600);
  });

  it('overlap after a rotation: old and new evidence verify with the new set', async () => {
    const problemsOfOld = await evidenceOf();
    const ring = published(await rotateSigningKey(folder, undefined, decidedAt, 1_000));
    const problemsOfNew = await evidenceOf();
    expect(ring).toHaveLength(2);
    expect(await problemsOfOld(ring)).toEqual([]);
    expect(await problemsOfNew(ring)).toEqual([]);
  });

  it('does not let an old key sign for later', async () => {
    const problemsOfOld = await evidenceOf();
    const ring = published(await rotateSigningKey(folder, undefined, decidedAt - 5_000, 1_000));
    expect(await problemsOfOld(ring)).toEqual([
      'WRONG_SIGNER evidence.zip.sigstore.json',
      'WRONG_SIGNER audit/tree_head.sigstore.json',
    ]);
  });

  it('let nothing stand that a revoked key signed, and replace it when it is in use', async () => {
    const problemsOfOld = await evidenceOf();
    const [current] = await readKeyRing(folder);
    const ring = published(await revokeSigningKey(folder, undefined, current?.hint ?? '', decidedAt + 1));
    expect(ring[0]?.hint).not.toBe(current?.hint);
    expect(await problemsOfOld(ring)).toEqual([
      'REVOKED_KEY evidence.zip.sigstore.json',
      'REVOKED_KEY audit/tree_head.sigstore.json',
    ]);
    expect(await (await evidenceOf())(ring)).toEqual([]);
  });

  it('publish no private half, and leave no drafts', async () => {
    await rotateSigningKey(folder, undefined, decidedAt, 0);
    expect(await readFile(join(folder, 'former-keys.json'), 'utf8')).not.toContain('PRIVATE');
    expect(renderKeySet(await readKeyRing(folder))).not.toContain('PRIVATE');
    expect((await readdir(folder)).toSorted()).toEqual(['former-keys.json', 'signing-key.pem']);
  });

  it('are not rotated where somebody else gives the key, nor revoked when unknown', async () => {
    const pem = await loadSigningKey(folder);
    await expect(rotateSigningKey(folder, pem, 0, 0)).rejects.toMatchObject({ code: 'KEY_NOT_OURS' });
    await expect(revokeSigningKey(folder, undefined, 'x', 0)).rejects.toMatchObject({ code: 'KEY_UNKNOWN' });
  });
});

describe('a key that is rotated while the Conductor runs', () => {
  it('is used from the next signature on, and what the old one signed still counts', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rc-rotate-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const signer = keySigner(() =>
      openEvidenceKey({ dataDir: folder, configured: undefined, env: {}, fetch }),
    );
    const payload = new TextEncoder().encode('{}');
    const before = await signer.attest(payload, 'x');
    const [current, former] = await rotateSigningKey(folder, undefined, Date.now(), 1_000);
    const after = await signer.attest(payload, 'x');
    const ring = await readKeyRing(folder);
    expect(verifyBundle(after, ring).key.hint).toBe(current?.hint);
    expect(verifyBundle(before, ring).key).toMatchObject({
      hint: former?.hint,
      notAfter: expect.any(Number),
    });
  });
});
