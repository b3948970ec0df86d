import { createPublicKey, createSecretKey, type KeyObject, X509Certificate } from 'node:crypto';
import { type Json, parseJson, toJson } from '../value/json.ts';
import { BuiltinError } from './builtin.ts';

/** A key to verify with, and what its source says about its use. */
export interface VerificationKey {
  readonly key: KeyObject;
  readonly id: string | undefined;
  readonly algorithm: string | undefined;
}

const pemBlock = /^\s*-----BEGIN ([A-Z0-9 ]+)-----\r?\n[\s\S]*?-----END \1-----[ \t]*\r?\n?/;

/** The keys of a PEM certificate, a PEM public key, a JWK or a JWK set. */
export function verificationKeys(text: string): VerificationKey[] {
  if (!text.includes('-----BEGIN')) return jwkKeys(text);
  const block = pemBlock.exec(text);
  if (block === null) throw new BuiltinError('failed to find a PEM certificate block');
  if (text.slice(block[0].length).trim() !== '')
    throw new BuiltinError('extra data after a PEM certificate block');
  return [{ key: pemKey(block[0], block[1] ?? ''), id: undefined, algorithm: undefined }];
}

function pemKey(pem: string, label: string): KeyObject {
  const isCertificate = label === 'CERTIFICATE';
  try {
    return isCertificate ? new X509Certificate(pem).publicKey : createPublicKey(pem);
  } catch {
    throw new BuiltinError(
      isCertificate
        ? 'failed to parse a PEM certificate'
        : 'failed to extract a Key from the PEM certificate',
    );
  }
}

function jwkKeys(text: string): VerificationKey[] {
  try {
    const parsed = toJson(parseJson(text));
    const list = isRecord(parsed) && Array.isArray(parsed.keys) ? (parsed.keys as readonly Json[]) : [parsed];
    return list.flatMap(jwkKey);
  } catch {
    throw new BuiltinError('failed to parse a JWK key (set)');
  }
}

type JsonRecord = { readonly [key: string]: Json };
const isRecord = (value: Json | undefined): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: Json | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

function jwkKey(jwk: Json): VerificationKey[] {
  if (!isRecord(jwk)) throw new Error('not a JWK');
  const id = textOf(jwk.kid);
  const algorithm = textOf(jwk.alg);
  if (jwk.kty === 'oct') return [{ key: createSecretKey(textOf(jwk.k) ?? '', 'base64url'), id, algorithm }];
  return [{ key: createPublicKey({ key: { ...jwk }, format: 'jwk' }), id, algorithm }];
}
