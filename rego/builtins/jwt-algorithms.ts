import {
  constants,
  createHmac,
  createPrivateKey,
  createSecretKey,
  type KeyObject,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto';
import { type Json, parseJson, toJson } from '../value/json.ts';
import { BuiltinError } from './builtin.ts';

interface Algorithm {
  readonly family: 'HS' | 'RS' | 'PS' | 'ES' | 'EdDSA';
  readonly hash: 'sha256' | 'sha384' | 'sha512' | undefined;
}

const hashes = { 256: 'sha256', 384: 'sha384', 512: 'sha512' } as const;

/** A signature algorithm of RFC 7518 or 8037. `none` is not one. */
export function algorithmOf(name: string): Algorithm | undefined {
  if (name === 'EdDSA') return { family: 'EdDSA', hash: undefined };
  const match = /^(HS|RS|PS|ES)(256|384|512)$/.exec(name);
  if (match === null) return undefined;
  return { family: match[1] as 'HS', hash: hashes[Number(match[2]) as 256] };
}

/** True when the signature over `text` is right for this key; false too when the key is of another kind. */
export function verifySignature(name: string, key: KeyObject, text: string, signature: Buffer): boolean {
  const algorithm = algorithmOf(name);
  if (algorithm === undefined || !fits(algorithm, key)) return false;
  const data = Buffer.from(text);
  if (algorithm.family === 'HS') {
    const wanted = createHmac(algorithm.hash as string, key)
      .update(data)
      .digest();
    return wanted.length === signature.length && timingSafeEqual(wanted, signature);
  }
  try {
    return verify(algorithm.hash ?? null, data, { key, ...options(algorithm) }, signature);
  } catch {
    return false;
  }
}

function options(algorithm: Algorithm): {
  padding?: number;
  saltLength?: number;
  dsaEncoding?: 'ieee-p1363';
} {
  switch (algorithm.family) {
    case 'PS':
      return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
    case 'ES':
      return { dsaEncoding: 'ieee-p1363' };
    default:
      return {};
  }
}

/** A key serves only its own family: an RSA key is never taken for an HMAC secret. */
function fits({ family }: Algorithm, key: KeyObject): boolean {
  switch (family) {
    case 'HS':
      return key.type === 'secret';
    case 'RS':
    case 'PS':
      return key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'rsa-pss';
    case 'ES':
      return key.asymmetricKeyType === 'ec';
    case 'EdDSA':
      return key.asymmetricKeyType === 'ed25519' || key.asymmetricKeyType === 'ed448';
  }
}

/** Signs with a JWK. */
export function signWith(name: string, jwkText: string, text: string): Buffer {
  const algorithm = algorithmOf(name);
  if (algorithm === undefined) throw new BuiltinError(`unknown JWS algorithm: ${name}`);
  const key = signingKey(jwkText, algorithm);
  const data = Buffer.from(text);
  if (algorithm.family === 'HS')
    return createHmac(algorithm.hash as string, key)
      .update(data)
      .digest();
  try {
    return sign(algorithm.hash ?? null, data, { key, ...options(algorithm) });
  } catch {
    throw new BuiltinError(`the key cannot sign with ${name}`);
  }
}

function signingKey(jwkText: string, algorithm: Algorithm): KeyObject {
  try {
    const jwk = toJson(parseJson(jwkText)) as { readonly [key: string]: Json };
    const key =
      jwk.kty === 'oct'
        ? createSecretKey(String(jwk.k ?? ''), 'base64url')
        : createPrivateKey({ key: { ...jwk }, format: 'jwk' });
    if (!fits(algorithm, key)) throw new Error('another kind of key');
    return key;
  } catch {
    throw new BuiltinError('failed to parse a JWK to sign with');
  }
}
