import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { newKey } from '../../../support/sigstore/certificates.ts';
import { envelopeByKey, signWith } from '../../../support/sigstore/instance.ts';
import { artifact, codesOf, judge, sigstore, slsaV1 } from './world.ts';

const pairs = {
  'ECDSA P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'ECDSA P-384': generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  Ed25519: generateKeyPairSync('ed25519'),
  RSA: generateKeyPairSync('rsa', { modulusLength: 2048 }),
} as const;
const names = Object.keys(pairs) as (keyof typeof pairs)[];
const pem = (name: keyof typeof pairs): string =>
  pairs[name].publicKey.export({ type: 'spki', format: 'pem' }).toString();

/** A private deployment: one key, no log. */
const byKey = {
  keys: ['cosign.pub'],
  identities: [],
  trusted_root: undefined,
  transparency: { log: 0 },
  builders: ['https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/*'],
};

describe.each(names)('signatures with a key: %s', (name) => {
  const { privateKey } = pairs[name];
  const base64 = signWith(artifact, privateKey).toString('base64');
  const files = { 'cosign.pub': pem(name) };

  it('holds over the artifact, as cosign sign-blob writes it', async () => {
    const verdict = await judge(`${base64}\n`, { ...byKey, require: ['signature'] }, files);
    expect(verdict).toMatchObject({ verdict: 'pass', artifacts: [{ trusted: true }] });
  });

  it('holds over provenance in an envelope', async () => {
    expect(await judge(envelopeByKey(slsaV1(), privateKey), byKey, files)).toMatchObject({ verdict: 'pass' });
  });

  it('does not hold for a changed artifact', async () => {
    const changed = { ...files, 'dist/shop.tgz': 'something else' };
    expect(codesOf(await judge(base64, { ...byKey, require: ['signature'] }, changed))).toEqual([
      'key-unknown',
    ]);
  });

  it('does not hold for a changed payload', async () => {
    const envelope = envelopeByKey(slsaV1(), privateKey);
    const payload = Buffer.from(JSON.stringify(slsaV1({ builder: 'x' }))).toString('base64');
    expect(codesOf(await judge({ ...envelope, payload }, byKey, files))).toEqual(['key-unknown']);
  });

  it('does not hold under another key', async () => {
    const other = { 'cosign.pub': pem(name === 'RSA' ? 'Ed25519' : 'RSA') };
    expect(codesOf(await judge(envelopeByKey(slsaV1(), privateKey), byKey, other))).toEqual(['key-unknown']);
  });
});

describe('keys and transparency', () => {
  const pair = newKey();
  const files = { 'cosign.pub': pair.publicKey.export({ type: 'spki', format: 'pem' }).toString() };
  const logged = {
    ...byKey,
    trusted_root: 'trusted_root.json',
    transparency: { log: 1 },
    require: ['signature'],
  };

  it('holds with its log entry', async () => {
    expect(await judge(sigstore.signArtifactWithKey(artifact, pair), logged, files)).toMatchObject({
      verdict: 'pass',
    });
  });

  it('needs a log entry unless the config says otherwise', async () => {
    const bare = signWith(artifact, pair.privateKey).toString('base64');
    expect(codesOf(await judge(bare, logged, files))).toEqual(['log-entry-missing']);
  });

  it('is judged by every trusted key, whatever hint it carries', async () => {
    const files2 = { ...files, 'old.pub': pem('RSA') };
    const bundle = sigstore.signArtifactWithKey(artifact, pair);
    const hinted = {
      ...bundle,
      verificationMaterial: { ...bundle.verificationMaterial, publicKey: { hint: 'somebody else' } },
    };
    const verdict = await judge(hinted, { ...logged, keys: ['old.pub', 'cosign.pub'] }, files2);
    expect(verdict.artifacts[0]?.relied[0]?.signatory).toMatchObject({ kind: 'key', name: 'cosign.pub' });
  });

  it('says nothing of who built: the builder has to be named', async () => {
    const envelope = envelopeByKey(slsaV1(), pair.privateKey);
    expect(codesOf(await judge(envelope, { ...byKey, builders: [] }, files))).toEqual(['builder-unexpected']);
  });

  it('is not believed when only certificates are', async () => {
    expect(codesOf(await judge(sigstore.signArtifactWithKey(artifact, pair)))).toEqual(['key-unknown']);
  });

  it('judges each signature of an envelope by itself', async () => {
    const own = envelopeByKey(slsaV1(), pair.privateKey);
    const other = envelopeByKey(slsaV1(), newKey().privateKey);
    const both = { ...own, signatures: [...other.signatures, ...own.signatures] };
    expect(await judge(both, byKey, files)).toMatchObject({ verdict: 'pass' });
  });
});

describe('anchors that cannot be used', () => {
  const pair = newKey();
  const privatePem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const smallPem = small.publicKey.export({ type: 'spki', format: 'pem' }).toString();

  it.each([
    ['a private key', privatePem, 'PUBLIC_KEY_INVALID'],
    ['a small key', smallPem, 'PUBLIC_KEY_INVALID'],
    ['no key', 'hello', 'PUBLIC_KEY_INVALID'],
  ])('%s is a config error that does not quote it', async (_, text, code) => {
    const attempt = judge('x', byKey, { 'cosign.pub': text });
    await expect(attempt).rejects.toMatchObject({ name: 'ConfigError', code });
    await expect(attempt).rejects.not.toMatchObject({
      message: expect.stringContaining(text.slice(30, 60) || text),
    });
  });

  it.each([
    ['nothing', ''],
    ['no JSON', 'hello'],
    ['another document', '{"mediaType":"application/json"}'],
    [
      'a root without a start of validity',
      sigstore.trustedRoot().replaceAll('"start":"2025-01-01T00:00:00Z"', '"end":"2030-01-01T00:00:00Z"'),
    ],
    [
      'a root with a broken certificate',
      sigstore
        .trustedRoot()
        .replace(/"certificates":\[\{"rawBytes":"[^"]+"/, '"certificates":[{"rawBytes":"AAAA"'),
    ],
  ])('%s is a config error', async (_, text) => {
    await expect(judge('x', {}, { 'trusted_root.json': text })).rejects.toMatchObject({
      code: 'TRUSTED_ROOT_INVALID',
    });
  });

  it('that are not there are a config error', async () => {
    await expect(judge('x', { trusted_root: 'nowhere.json' })).rejects.toMatchObject({
      code: 'TRUST_ANCHOR_MISSING',
    });
  });
});
