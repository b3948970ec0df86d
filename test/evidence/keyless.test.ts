import { beforeEach, describe, expect, it } from 'vitest';
import { keyOfPem } from '../../adapters/sigstore/evidence-key.ts';
import { keylessSigner, keySigner } from '../../adapters/sigstore/signer.ts';
import { openBundleVerifier, verifyBundle } from '../../adapters/sigstore/verify-bundle.ts';
import { openWitnesses } from '../../adapters/sigstore/witnesses.ts';
import type { VerificationError } from '../../core/errors.ts';
import { trustedKeyFromPem } from '../../core/evidence/keys.ts';
import { type SigstoreServices, startSigstore, unsignedToken } from '../support/sigstore/services.ts';
import { newPrivateKey } from './support.ts';

const issuer = 'https://token.actions.githubusercontent.com';
const identity = 'https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v1.4.0';
const payload = new TextEncoder().encode('{"decision":"ga"}');
const type = 'application/vnd.in-toto+json';

let services: SigstoreServices;
beforeEach(async () => {
  services = await startSigstore();
});

const keyless = (
  token = unsignedToken({ iss: issuer, sub: identity, aud: 'sigstore' }),
): Promise<Uint8Array> =>
  keylessSigner({
    fulcioUrl: services.url,
    token: async () => token,
    witnesses: openWitnesses({ rekorUrl: services.url, timestampUrl: `${services.url}/timestamp` }),
  }).attest(payload, type);
const verifier = (change: { root?: string; identity?: string; issuer?: string } = {}) =>
  openBundleVerifier({
    roots: [change.root ?? services.trustedRoot],
    identities: [{ issuer: change.issuer ?? issuer, identity: change.identity ?? identity }],
  });
const codeOf = (attempt: () => unknown): string => {
  try {
    attempt();
  } catch (error) {
    return (error as VerificationError).code;
  }
  return 'verified';
};

describe('a signature without a key of one’s own', () => {
  it('is verified offline by whoever trusts the instance and the identity', async () => {
    const verified = verifier()(await keyless(), []);
    expect(services.requests.slice(0, 3)).toEqual([
      '/api/v2/signingCert',
      '/api/v1/log/entries',
      '/timestamp',
    ]);
    expect(verified).toMatchObject({ payloadType: type, identity: { issuer, identity } });
    expect(Buffer.from(verified.payload)).toEqual(Buffer.from(payload));
  });

  it.each([
    ['another workflow', () => verifier({ identity: `${identity}0` }), 'WRONG_SIGNER'],
    ['a part of the identity', () => verifier({ identity: identity.slice(0, -1) }), 'WRONG_SIGNER'],
    ['another issuer', () => verifier({ issuer: 'https://issuer.example' }), 'WRONG_SIGNER'],
    ['keys alone', () => verifyBundle, 'UNKNOWN_KEY'],
  ])('is refused by whoever trusts %s', async (_name, verify, code) => {
    const bundle = await keyless();
    expect(codeOf(() => verify()(bundle, []))).toBe(code);
  });

  it('is refused by whoever trusts another instance', async () => {
    const bundle = await keyless();
    const { trustedRoot } = await startSigstore();
    expect(codeOf(() => verifier({ root: trustedRoot })(bundle, []))).toBe('TAMPERED');
  });

  it('never tells the token when a service refuses it', async () => {
    const secret = 'eyJzZWNyZXQiOiJ0b2tlbiJ9.not.a-token';
    await expect(keyless(secret)).rejects.toMatchObject({ code: 'SIGNING_SERVICE_FAILED', retryable: true });
    const error = (await keyless(secret).catch((cause: unknown) => cause)) as Error;
    expect(JSON.stringify([error.message, error.stack, error.cause])).not.toContain(secret);
  });
});

describe('a signature by a key with witnesses', () => {
  const pem = newPrivateKey();
  const trusted = trustedKeyFromPem(keyOfPem(pem).publicPem);
  const signed = (): Promise<Uint8Array> =>
    keySigner(
      async () => keyOfPem(pem),
      openWitnesses({ rekorUrl: services.url, timestampUrl: `${services.url}/timestamp` }),
    ).attest(payload, type);

  it('is verified with its log entry and its timestamp', async () => {
    const verified = verifier()(await signed(), [trusted]);
    expect(verified.key.hint).toBe(trusted.hint);
  });

  it('is not believed without a root that the witnesses can be verified against', async () => {
    const bundle = await signed();
    expect(codeOf(() => verifyBundle(bundle, [trusted]))).toBe('UNVERIFIED_WITNESS');
    const { trustedRoot } = await startSigstore();
    expect(codeOf(() => verifier({ root: trustedRoot })(bundle, [trusted]))).toBe('TAMPERED');
  });

  it.each([
    [
      'timestamp',
      (json: Bundle) =>
        flip(json.verificationMaterial.timestampVerificationData.rfc3161Timestamps[0], 'signedTimestamp'),
    ],
    [
      'log entry',
      (json: Bundle) =>
        flip(json.verificationMaterial.tlogEntries[0]?.inclusionPromise, 'signedEntryTimestamp'),
    ],
    ['signature', (json: Bundle) => flip(json.dsseEnvelope.signatures[0], 'sig')],
  ])('is not believed with one byte of its %s changed', async (_name, change) => {
    const json = JSON.parse(new TextDecoder().decode(await signed())) as Bundle;
    change(json);
    const bundle = new TextEncoder().encode(JSON.stringify(json));
    expect(codeOf(() => verifier()(bundle, [trusted]))).toBe('TAMPERED');
  });
});

interface Bundle {
  readonly verificationMaterial: {
    readonly tlogEntries: { inclusionPromise: Record<string, string> }[];
    readonly timestampVerificationData: { readonly rfc3161Timestamps: Record<string, string>[] };
  };
  readonly dsseEnvelope: { readonly signatures: Record<string, string>[] };
}

function flip(holder: Record<string, string> | undefined, member: string): void {
  if (holder === undefined) throw new Error(`no ${member}`);
  const bytes = Buffer.from(holder[member] ?? '', 'base64');
  const at = bytes.length - 5;
  bytes[at] = (bytes[at] as number) ^ 1;
  holder[member] = bytes.toString('base64');
}
