import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localKeySigner } from '../../adapters/sigstore/signer.ts';
import { loadSigningKey } from '../../adapters/sigstore/signing-key.ts';
import { trustedKeyFromPem } from '../../core/evidence/keys.ts';
import { newPrivateKey } from './support.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'key-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('the signing key', () => {
  it('is made once, and only its owner may read it', async () => {
    const data = join(folder, 'data');
    const [first, second] = await Promise.all([loadSigningKey(data), loadSigningKey(data)]);
    expect(second).toBe(first);
    expect(await loadSigningKey(data)).toBe(first);
    expect((await stat(join(data, 'signing-key.pem'))).mode & 0o777).toBe(0o600);
  });

  it('is taken from the configuration: as text, as one line, or as the path of a file', async () => {
    const pem = newPrivateKey();
    const path = join(folder, 'key.pem');
    await writeFile(path, pem, { mode: 0o600 });
    expect(await loadSigningKey(folder, pem)).toBe(pem);
    expect(await loadSigningKey(folder, pem.replaceAll('\n', '\\n'))).toBe(pem);
    expect(await loadSigningKey(folder, path)).toBe(pem);
  });

  it('is refused when others can read it', async () => {
    await loadSigningKey(folder);
    await chmod(join(folder, 'signing-key.pem'), 0o644);
    await expect(loadSigningKey(folder)).rejects.toMatchObject({
      code: 'SIGNING_KEY_EXPOSED',
      help: expect.stringMatching(/chmod 600/),
    });
  });

  it.each([
    ['is no key', () => '-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----'],
    ['is of another curve', () => newPrivateKey('P-384')],
    ['names no file', () => '/no/such/file'],
    ['is a key without its first and last line', () => newPrivateKey().split('\n').slice(1, -2).join('')],
  ])('is refused when it %s', async (_name, pem) => {
    const loading = loadSigningKey(folder, pem());
    await expect(loading).rejects.toMatchObject({ code: 'BAD_SIGNING_KEY' });
    await expect(loading).rejects.not.toMatchObject({
      message: expect.stringMatching(/BEGIN|nonsense|MIGH/),
    });
  });

  it('that somebody emptied is an error, not a new key', async () => {
    await writeFile(join(folder, 'signing-key.pem'), '', { mode: 0o600 });
    await expect(loadSigningKey(folder)).rejects.toMatchObject({ code: 'BAD_SIGNING_KEY' });
    expect(await readFile(join(folder, 'signing-key.pem'), 'utf8')).toBe('');
  });
});

describe('a trusted key', () => {
  it('has the hint under which the signer signs', async () => {
    const { pem, hint } = await localKeySigner({ privateKeyPem: newPrivateKey() }).publicKey();
    expect(trustedKeyFromPem(pem)).toEqual({ pem, hint });
  });

  it.each([
    ['a private key', newPrivateKey(), /private/],
    ['nonsense', 'hello', /public key in PEM/],
  ])('is not %s', (_name, pem, message) => {
    expect(() => trustedKeyFromPem(pem)).toThrow(message);
  });
});
