import { createPrivateKey, X509Certificate } from 'node:crypto';
import { RegoObject } from '../value/collections.ts';
import { fromJson } from '../value/json.ts';
import { fromBigInt } from '../value/number.ts';
import type { Value } from '../value/types.ts';
import { type Builtin, BuiltinError, define, objectOperand, stringOperand } from './builtin.ts';
import { type Der, derInteger, derTime, objectId, readDer, sequenceOf } from './der.ts';
import { decodeBase64 } from './encoding.ts';
import { pemBlocks } from './pem.ts';
import { alternativeNames, nameValue } from './x509-names.ts';
import { type VerifyOptions, verifiedChain, verifyOptions } from './x509-verify.ts';

/** The DER of every element of PEM, of base64 of PEM, or of base64 of DER one after the other. */
function derOf(text: string): Buffer[] {
  const pem = text.includes('-----BEGIN') ? text : fromBase64(text);
  if (typeof pem !== 'string') return concatenated(pem);
  const blocks = pemBlocks(pem).map(({ body }) => decodeBase64(body.replace(/\s/g, '')));
  if (blocks.length === 0) throw new BuiltinError('no PEM block found');
  return blocks;
}

function fromBase64(text: string): string | Buffer {
  const bytes = decodeBase64(text);
  const decoded = bytes.toString('latin1');
  return decoded.includes('-----BEGIN') ? decoded : bytes;
}

function concatenated(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const element = readDer(bytes, at);
    found.push(element.raw);
    at += element.raw.length;
  }
  return found;
}

/** Says of bytes that are not what they should be what Go says. */
function parsing<T>(problem: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof BuiltinError || !(error instanceof Error)) throw error;
    throw new BuiltinError(problem);
  }
}

const BASIC_CONSTRAINTS = '2.5.29.19';
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
const BOOLEAN = 0x01;

/** A certificate with the fields of Go's x509.Certificate that policies ask for. */
function certificateValue(der: Buffer): Value {
  const parts = sequenceOf(sequenceOf(readDer(der))[0]);
  const hasVersion = parts[0]?.tag === VERSION;
  const [serial, , issuer, validity, subject] = hasVersion ? parts.slice(1) : parts;
  const [notBefore, notAfter] = sequenceOf(validity) as [Der, Der];
  const extensions = extensionsOf(parts.find(({ tag }) => tag === EXTENSIONS));
  const basic = extensions.get(BASIC_CONSTRAINTS);
  return RegoObject.of([
    ['Raw', der.toString('base64')],
    ['Version', hasVersion ? Number(derInteger(readDer((parts[0] as Der).content))) + 1 : 1],
    ['SerialNumber', fromBigInt(derInteger(serial as Der))],
    ['Issuer', nameValue(issuer as Der)],
    ['Subject', nameValue(subject as Der)],
    ['NotBefore', derTime(notBefore)],
    ['NotAfter', derTime(notAfter)],
    ['BasicConstraintsValid', basic !== undefined],
    ['IsCA', basic !== undefined && isAuthority(basic)],
    ...alternativeNames(extensions.get(SUBJECT_ALTERNATIVE_NAME), (bytes) => readDer(bytes)),
  ]);
}

function extensionsOf(wrapped: Der | undefined): ReadonlyMap<string, Buffer> {
  if (wrapped === undefined) return new Map();
  return new Map(
    sequenceOf(readDer(wrapped.content)).map((extension) => {
      const parts = sequenceOf(extension);
      return [objectId(parts[0] as Der).join('.'), (parts.at(-1) as Der).content] as const;
    }),
  );
}

function isAuthority(basic: Buffer): boolean {
  const [flag] = sequenceOf(readDer(basic));
  return flag?.tag === BOOLEAN && flag.content[0] !== 0;
}

function requestValue(der: Buffer): Value {
  const [version, subject] = sequenceOf(sequenceOf(readDer(der))[0]) as [Der, Der];
  return RegoObject.of([
    ['Raw', der.toString('base64')],
    ['Version', Number(derInteger(version))],
    ['Subject', nameValue(subject)],
  ]);
}

/** Whether the certificates are a chain from the first, the root, to the last, and the chain from leaf to root. */
function verify(args: readonly Value[], options: VerifyOptions): Value {
  try {
    const chain = verifiedChain(derOf(stringOperand(args, 1)), options);
    return chain === undefined ? [false, []] : [true, chain.map(certificateValue)];
  } catch {
    return [false, []];
  }
}

const milliseconds = (ns: bigint): number => Number(ns / 1_000_000n);

/** A certificate and its key, which must belong together; the key itself is not shown. */
function keyPair(args: readonly Value[]): Value {
  const certificates = parsing('x509: malformed certificate', () => derOf(stringOperand(args, 1)));
  const pem = fromPemOrBase64(stringOperand(args, 2));
  return parsing('tls: private key does not match public key', () => {
    const [leaf] = certificates as [Buffer];
    if (!new X509Certificate(leaf).checkPrivateKey(createPrivateKey(pem)))
      throw new BuiltinError('tls: private key does not match public key');
    return RegoObject.of([['Certificate', certificates.map((der) => der.toString('base64'))]]);
  });
}

function fromPemOrBase64(text: string): string {
  return text.includes('-----BEGIN') ? text : decodeBase64(text).toString('latin1');
}

function rsaKey(args: readonly Value[]): Value {
  const pem = fromPemOrBase64(stringOperand(args, 1));
  return parsing('failed to parse private key', () =>
    fromJson(createPrivateKey(pem).export({ format: 'jwk' })),
  );
}

export const x509: readonly Builtin[] = [
  define('crypto.x509.parse_certificates', ['string'], 'array', (args) =>
    parsing('x509: malformed certificate', () => derOf(stringOperand(args, 1)).map(certificateValue)),
  ),
  define('crypto.x509.parse_certificate_request', ['string'], 'object', (args) =>
    parsing('asn1: structure error', () => requestValue(derOf(stringOperand(args, 1))[0] as Buffer)),
  ),
  define('crypto.x509.parse_and_verify_certificates', ['string'], 'array', (args, { nowNs }) =>
    verify(args, verifyOptions({}, milliseconds(nowNs()))),
  ),
  define(
    'crypto.x509.parse_and_verify_certificates_with_options',
    ['string', 'object'],
    'array',
    (args, { nowNs }) => verify(args, verifyOptions(objectOperand(args, 2), milliseconds(nowNs()))),
  ),
  define('crypto.x509.parse_keypair', ['string', 'string'], 'object', keyPair),
  define('crypto.x509.parse_rsa_private_key', ['string'], 'object', rsaKey),
];
