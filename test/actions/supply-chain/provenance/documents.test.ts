import { describe, expect, it } from 'vitest';
import { parseSignedDocuments } from '../../../../actions/supply-chain/provenance/documents.ts';
import fc from '../../../support/fast-check.ts';
import { newKey } from '../../../support/sigstore/certificates.ts';
import { envelopeByKey } from '../../../support/sigstore/instance.ts';
import { artifact, judge, sigstore, slsaV1, slsaV02 } from './world.ts';

const bundle = sigstore.attest(slsaV1());
const parse = (value: unknown) =>
  parseSignedDocuments(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));

describe('files with attestations', () => {
  it.each([
    ['a bundle', bundle],
    ['a bundle, indented', JSON.stringify(bundle, null, 2)],
    ['JSON lines, as gh attestation download writes them', `${JSON.stringify(bundle)}\n`],
    ["an answer of GitHub's attestations API", { attestations: [{ bundle, repository_id: 1 }] }],
    [
      "an answer of npm's registry",
      { attestations: [{ predicateType: 'https://slsa.dev/provenance/v1', bundle }] },
    ],
    ['what gh attestation verify prints', [{ attestation: { bundle }, verificationResult: {} }]],
  ])('are read: %s', async (_, content) => {
    expect(await judge(typeof content === 'string' ? content : content)).toMatchObject({ verdict: 'pass' });
  });

  it('hold several documents, one a line', () => {
    const lines = [bundle, sigstore.attest(slsaV02()), envelopeByKey(slsaV1(), newKey().privateKey)];
    const found = parse(lines.map((line) => JSON.stringify(line)).join('\n\n'));
    expect(found).toMatchObject([
      { document: { kind: 'bundle' } },
      { document: { kind: 'bundle' } },
      { document: { kind: 'envelope' } },
    ]);
  });

  it.each([
    ['nothing', '', 'it is empty'],
    ['broken JSON', '{"a":', 'it is not valid JSON'],
    ['a broken line', `${JSON.stringify(bundle)}\n{"a":`, 'line 2 is not valid JSON'],
    ['other JSON', '{"name":"shop"}', 'it holds no bundle, envelope or signature'],
    ['text', 'hello, world', 'it is neither JSON nor a signature in base64'],
    [
      'too many',
      JSON.stringify(Array.from({ length: 1_001 }, () => bundle)),
      'it holds more than 1000 documents',
    ],
  ])('say why they are none: %s', (_, text, reason) => {
    expect(parse(text)).toBe(reason);
  });

  it('that are not text are no documents', () => {
    expect(parseSignedDocuments(Buffer.from([0xff, 0xfe, 0x00]))).toBe('it is not text');
  });

  it('never make the reader throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.base64String()), (text) => {
        const found = parse(text);
        expect(typeof found === 'string' || found.length > 0).toBe(true);
      }),
      { seed: 20_260_504 },
    );
  });
});

it('relies on nothing but what was signed, wherever a document is changed', async () => {
  const text = JSON.stringify(bundle);
  const signed = Buffer.from(JSON.stringify(slsaV1()));
  await fc.assert(
    fc.asyncProperty(
      fc.nat(text.length - 1),
      fc.constantFrom('A', '0', '"', '{', ']', ','),
      async (at, letter) => {
        const { artifacts, verdict } = await judge(text.slice(0, at) + letter + text.slice(at + 1));
        const check = artifacts[0]?.relied[0]?.attestation.check;
        // Members that nothing signs, as a key's hint, may change without harm.
        if (check === undefined) expect(verdict).toBe('fail');
        else expect(check).toMatchObject({ covers: { kind: 'payload', bytes: signed } });
      },
    ),
    { numRuns: 300, seed: 20_260_504 },
  );
});

it('does not take the artifact itself for an attestation of it', async () => {
  const everything = { artifacts: [{ path: 'dist/shop.tgz', attestations: ['dist/*', 'attestations/**'] }] };
  const { verdict, findings } = await judge(bundle, everything, { 'dist/shop.tgz': artifact });
  expect(verdict).toBe('pass');
  expect(findings.filter(({ path }) => path === 'dist/shop.tgz')).toEqual([]);
});
