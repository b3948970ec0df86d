import { createPublicKey, type KeyObject } from 'node:crypto';
import { ConfigError } from '../../core/errors.ts';
import { keyHint } from '../../core/evidence/keys.ts';
import type { TrustAnchors } from '../../core/ports/attestations.ts';

export interface NamedKey {
  readonly name: string;
  readonly fingerprint: string;
  readonly key: KeyObject;
}

/**
 * A key that may sign, from PEM.
 *
 * @throws ConfigError `PUBLIC_KEY_INVALID`
 */
export function parsePublicKey({ name, pem }: TrustAnchors['keys'][number]): NamedKey {
  const bad = (why: string): ConfigError =>
    new ConfigError(
      'PUBLIC_KEY_INVALID',
      `The public key ${name} cannot be used: ${why}.`,
      'Give the public half as PEM (-----BEGIN PUBLIC KEY-----): ECDSA, Ed25519, or RSA of 2048 bits or more.',
    );
  if (pem.includes('PRIVATE KEY')) throw bad('it is a private key, which must never be in a repository');
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    throw bad('it is not a public key in PEM');
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  const usable =
    type === 'ec' || type === 'ed25519' || (type === 'rsa' && (details?.modulusLength ?? 0) >= 2048);
  if (!usable) throw bad(`keys of type ${type ?? 'unknown'} and this size are not accepted`);
  return { name, fingerprint: keyHint(key), key };
}
