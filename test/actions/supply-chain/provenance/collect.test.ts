import { describe, expect, it } from 'vitest';
import { openSignatures } from '../../../../adapters/sigstore/lazy.ts';
import { memoryIo } from '../../../support/memory-io.ts';
import { SigstoreInstance } from '../../../support/sigstore/instance.ts';
import { artifact, codesOf, digest, judge, judgeIn, sigstore, slsaV1, trustedRoot } from './world.ts';

const bundle = sigstore.attest(slsaV1());
const head = {
  'dist/shop.tgz': artifact,
  'attestations/shop.json': JSON.stringify(bundle),
  'trusted_root.json': trustedRoot,
};

describe('what is not checked', () => {
  it('is said as a notice, and nothing passes by it', async () => {
    const { verdict, findings } = await judge(bundle, { artifacts: [] });
    expect(verdict).toBe('skipped');
    expect(findings).toMatchObject([{ code: 'provenance-not-checked', level: 'notice' }]);
  });

  it('is inconclusive where it is required', async () => {
    const { verdict, findings } = await judge(bundle, { artifacts: [], required: true });
    expect(verdict).toBe('inconclusive');
    expect(findings).toMatchObject([{ code: 'provenance-not-checked', level: 'warning' }]);
  });

  it('is inconclusive where nothing can verify it', async () => {
    expect(await judgeIn(memoryIo(head))).toMatchObject({ verdict: 'inconclusive' });
  });
});

describe('artifacts', () => {
  it('are each proven by themselves', async () => {
    const artifacts = [{ path: 'dist/*.tgz', attestations: ['attestations/**'] }];
    const verdict = await judge(bundle, { artifacts }, { 'dist/extra.tgz': 'unproven' });
    expect(codesOf(verdict)).toEqual(['subject-mismatch']);
    expect(verdict.artifacts.map(({ name, trusted }) => [name, trusted])).toEqual([
      ['dist/extra.tgz', false],
      ['dist/shop.tgz', true],
    ]);
  });

  it('that are not there are inconclusive, not passed', async () => {
    const artifacts = [{ path: 'dist/nothing-*', attestations: ['attestations/**'] }];
    const verdict = await judge(bundle, { artifacts });
    expect({ verdict: verdict.verdict, codes: codesOf(verdict) }).toEqual({
      verdict: 'inconclusive',
      codes: ['artifact-missing'],
    });
  });

  it('without any attestation fail', async () => {
    const artifacts = [{ path: 'dist/shop.tgz', attestations: ['nowhere/**'] }];
    expect(codesOf(await judge(bundle, { artifacts }))).toEqual(['attestation-missing']);
  });

  it('are known by digest alone', async () => {
    const statement = slsaV1({ digest: { sha512: 'ab'.repeat(64) } });
    const artifacts = [{ digest: `sha512:${'ab'.repeat(64)}`, attestations: ['attestations/**'] }];
    expect(await judge(sigstore.attest(statement), { artifacts })).toMatchObject({ verdict: 'pass' });
  });

  it('with a file that holds no attestation say so beside what proves them', async () => {
    const verdict = await judge(bundle, {}, { 'attestations/notes.txt': 'hello, world' });
    expect(verdict.verdict).toBe('pass');
    expect(codesOf(verdict)).toEqual(['attestation-unreadable']);
  });
});

describe('trust anchors', () => {
  const mallory = new SigstoreInstance();
  const forged = JSON.stringify(mallory.attest(slsaV1()));

  it('are those of the base: a change cannot bring its own', async () => {
    const change = { ...head, 'trusted_root.json': mallory.trustedRoot(), 'attestations/shop.json': forged };
    const io = {
      ...memoryIo(change, { base: { 'trusted_root.json': trustedRoot } }),
      signatures: openSignatures,
    };
    expect(codesOf(await judgeIn(io))).toEqual(['certificate-untrusted']);
  });

  it('that the base does not have yet are taken from the change, with a warning', async () => {
    const io = { ...memoryIo(head, { base: {} }), signatures: openSignatures };
    const verdict = await judgeIn(io);
    expect({ verdict: verdict.verdict, codes: codesOf(verdict) }).toEqual({
      verdict: 'pass',
      codes: ['trust-anchor-from-change'],
    });
  });
});

describe('the digest of an image', () => {
  const options = { artifacts: [{ digest_file: 'image.json', attestations: ['attestations/**'] }] };

  it.each([
    ['alone in a file', `sha256:${digest}\n`],
    ['in the metadata of buildx', JSON.stringify({ 'containerimage.digest': `sha256:${digest}` })],
  ])('is read %s', async (_, text) => {
    const { verdict } = await judge(bundle, options, { 'image.json': text });
    expect(verdict).toBe('pass');
  });

  it.each([
    ['of another image', `sha256:${'0'.repeat(64)}`, 'fail'],
    ['that is none', 'latest', 'inconclusive'],
  ])('%s proves nothing', async (_, text, verdict) => {
    expect(await judge(bundle, options, { 'image.json': text })).toMatchObject({ verdict });
  });

  it('that nobody wrote down proves nothing', async () => {
    expect(await judge(bundle, options)).toMatchObject({ verdict: 'inconclusive' });
  });
});
