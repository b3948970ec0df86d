import { describe, expect, it } from 'vitest';
import { keyOfPem } from '../../adapters/sigstore/evidence-key.ts';
import { keySigner } from '../../adapters/sigstore/signer.ts';
import { timestampAuthority } from '../../adapters/sigstore/timestamp-authority.ts';
import { openBundleVerifier, verifyBundle } from '../../adapters/sigstore/verify-bundle.ts';
import { openWitnesses } from '../../adapters/sigstore/witnesses.ts';
import type { VerificationError } from '../../core/errors.ts';
import { trustedKeyFromPem } from '../../core/evidence/keys.ts';
import { hasOpenssl, startOpensslAuthority } from '../support/sigstore/openssl-authority.ts';
import { newPrivateKey } from './support.ts';

const pem = newPrivateKey();
const trusted = trustedKeyFromPem(keyOfPem(pem).publicPem);
const payload = new TextEncoder().encode('{"decision":"ga"}');

const signed = (timestampUrl: string): Promise<Uint8Array> =>
  keySigner(async () => keyOfPem(pem), openWitnesses({ timestampUrl })).attest(
    payload,
    'application/vnd.in-toto+json',
  );

const codeOf = (attempt: () => unknown): string => {
  try {
    attempt();
  } catch (error) {
    return (error as VerificationError).code;
  }
  return 'verified';
};

describe.skipIf(!hasOpenssl())('a signature whose time an authority of OpenSSL vouches for', () => {
  it('is verified by us with the authority’s root, and by OpenSSL', async () => {
    const authority = await startOpensslAuthority();
    const bundle = await signed(authority.url);
    const verify = openBundleVerifier({ roots: [authority.trustedRoot], identities: [] });
    expect(verify(bundle, [trusted]).key.hint).toBe(trusted.hint);
    const { verificationMaterial, dsseEnvelope } = JSON.parse(new TextDecoder().decode(bundle));
    const [{ signedTimestamp }] = verificationMaterial.timestampVerificationData.rfc3161Timestamps;
    const signature = Buffer.from(dsseEnvelope.signatures[0].sig, 'base64');
    const answer = Buffer.from(signedTimestamp, 'base64');
    expect(await authority.verify(answer, signature)).toBe(true);
    expect(await authority.verify(answer, signature.subarray(1))).toBe(false);
  });

  it('is believed with this authority’s root alone, and of this signature alone', async () => {
    const authority = await startOpensslAuthority();
    const bundle = await signed(authority.url);
    const other = JSON.parse(new TextDecoder().decode(await signed(authority.url)));
    const swapped = JSON.parse(new TextDecoder().decode(bundle));
    swapped.verificationMaterial.timestampVerificationData =
      other.verificationMaterial.timestampVerificationData;
    const verify = openBundleVerifier({ roots: [authority.trustedRoot], identities: [] });
    const stranger = openBundleVerifier({
      roots: [(await startOpensslAuthority()).trustedRoot],
      identities: [],
    });
    expect(codeOf(() => verify(new TextEncoder().encode(JSON.stringify(swapped)), [trusted]))).toBe(
      'TAMPERED',
    );
    expect(codeOf(() => stranger(bundle, [trusted]))).toBe('TAMPERED');
    expect(codeOf(() => verifyBundle(bundle, [trusted]))).toBe('UNVERIFIED_WITNESS');
  });
});

describe('a timestamp authority', () => {
  it.each([
    ['refuses', new Response('no', { status: 403 })],
    ['answers with a page', new Response('<html>')],
    ['answers with nothing', new Response('')],
    ['answers with very much', new Response(Buffer.alloc(70_000, 0x30))],
  ])('that %s is not a witness', async (_name, answer) => {
    const witness = timestampAuthority('http://127.0.0.1:9/tsr', async () => answer);
    const content = { $case: 'messageSignature', messageSignature: { signature: Buffer.from('x') } };
    await expect(witness.testify(content as Parameters<typeof witness.testify>[0], '')).rejects.toThrow(
      /timestamp authority/,
    );
  });
});
