import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { InputError } from '../errors.ts';
import type { TrustedKey } from '../ports/signer.ts';

/** SHA-256 over the SPKI DER of a public key, hex: the name under which signatures refer to it. */
export function keyHint(key: KeyObject): string {
  const der = key.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest('hex');
}

/**
 * A trusted key from PEM text.
 *
 * @throws InputError `BAD_KEY` when it is not an ECDSA P-256 public key, or is a private one.
 */
export function trustedKeyFromPem(pem: string, repositories?: readonly string[]): TrustedKey {
  const key = parsePublicKey(pem);
  const text = key.export({ type: 'spki', format: 'pem' }).toString();
  return { hint: keyHint(key), pem: text, ...(repositories === undefined ? {} : { repositories }) };
}

function parsePublicKey(pem: string): KeyObject {
  const help = 'give the PEM that `release-conductor keys` prints (-----BEGIN PUBLIC KEY-----)';
  if (/PRIVATE KEY/.test(pem)) {
    throw new InputError('BAD_KEY', 'expected a public key, found a private one', help);
  }
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch (cause) {
    throw new InputError('BAD_KEY', 'expected a public key in PEM', help, { cause });
  }
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (key.asymmetricKeyType === 'ec' && curve === 'prime256v1') return key;
  const found = `${key.asymmetricKeyType ?? 'unknown'} ${curve ?? ''}`.trim();
  throw new InputError('BAD_KEY', `expected an ECDSA P-256 public key, found ${found}`, help);
}
