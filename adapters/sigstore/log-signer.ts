import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Bundle } from '@sigstore/bundle';

/**
 * Whether each log entry names this key as the signer. The library compares signature and digest only; but of an
 * ECDSA signature anybody can compute another key under which it holds too. An entry under such a key would hide
 * the signing from whoever watches the log for their identity.
 */
export function logNamesSigner({ verificationMaterial }: Bundle, signer: KeyObject): boolean {
  return verificationMaterial.tlogEntries.every(({ canonicalizedBody }) => {
    const named = signersIn(JSON.parse(canonicalizedBody.toString('utf8')));
    return named.length > 0 && named.every((key) => key.equals(signer));
  });
}

/** Places of the signer in the entry types of Rekor 1 (PEM in base64) and 2 (DER in base64). */
const places: readonly (readonly (string | number)[])[] = [
  ['spec', 'signature', 'publicKey', 'content'],
  ['spec', 'signatures', 0, 'verifier'],
  ['spec', 'content', 'envelope', 'signatures', 0, 'publicKey'],
  ['spec', 'hashedRekordV002', 'signature', 'verifier', 'x509Certificate', 'rawBytes'],
  ['spec', 'hashedRekordV002', 'signature', 'verifier', 'publicKey', 'rawBytes'],
  ['spec', 'dsseV002', 'signatures', 0, 'verifier', 'x509Certificate', 'rawBytes'],
  ['spec', 'dsseV002', 'signatures', 0, 'verifier', 'publicKey', 'rawBytes'],
];

function signersIn(body: unknown): readonly KeyObject[] {
  return places.flatMap((place) => {
    const found = place.reduce<unknown>(
      (value, step) => (value as Record<string, unknown> | null)?.[step],
      body,
    );
    return typeof found === 'string' ? [keyOf(Buffer.from(found, 'base64'))] : [];
  });
}

function keyOf(bytes: Buffer): KeyObject {
  const isPem = bytes.includes('-----BEGIN');
  try {
    return new X509Certificate(bytes).publicKey;
  } catch {
    return createPublicKey(isPem ? bytes : { key: bytes, format: 'der', type: 'spki' });
  }
}
