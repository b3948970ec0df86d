import { createSecretKey } from 'node:crypto';
import { multiply } from '../value/arithmetic.ts';
import { isNumber, RegoObject } from '../value/collections.ts';
import { jsonText, parseJson } from '../value/json.ts';
import { compareNumbers, fromBigInt, type Num } from '../value/number.ts';
import { isObject, lookup, objectGet, objectKeys } from '../value/object.ts';
import type { Value } from '../value/types.ts';
import { type Builtin, BuiltinError, define, objectOperand, stringOperand } from './builtin.ts';
import { decodeBase64Url } from './encoding.ts';
import { algorithmOf, signWith, verifySignature } from './jwt-algorithms.ts';
import { type VerificationKey, verificationKeys } from './jwt-keys.ts';

interface Token {
  readonly header: string;
  readonly payload: string;
  readonly signature: string;
}

function splitToken(text: string): Token {
  const parts = text.split('.');
  if (parts.length === 1) throw new BuiltinError('encoded JWT had no period separators');
  const [header, payload, signature] = parts;
  if (parts.length !== 3 || header === undefined || payload === undefined || signature === undefined) {
    throw new BuiltinError(`encoded JWT must have 3 sections, found ${parts.length}`);
  }
  return { header, payload, signature };
}

function part(text: string, what: string): Buffer {
  try {
    return decodeBase64Url(text);
  } catch (error) {
    throw new BuiltinError(`JWT ${what} had invalid encoding: ${(error as Error).message}`);
  }
}

function jsonPart(text: string, what: string): Value {
  try {
    return parseJson(part(text, what).toString('utf8'));
  } catch (error) {
    if (error instanceof BuiltinError) throw error;
    throw new BuiltinError(`JWT ${what} is not JSON`);
  }
}

/** A payload that is itself a token is unwrapped this often. */
const MOST_NESTED = 8;

const isNested = (header: Value): boolean => lookup(header, 'cty') === 'JWT';

/** The token in a payload, with or without JSON quotes. */
function nestedToken(payload: string): string {
  const text = part(payload, 'payload').toString('utf8');
  return text.startsWith('"') ? text.slice(1, -1) : text;
}

/** The header of a signed token; an encrypted one (RFC 7516, 9) is refused by name. */
function signedHeader(token: Token): Value {
  const header = jsonPart(token.header, 'header');
  if (lookup(header, 'enc') !== undefined)
    throw new BuiltinError('JWT is a JWE object, which is not supported');
  return header;
}

function decode(args: readonly Value[]): Value {
  let token = splitToken(stringOperand(args, 1));
  for (let depth = 0; depth < MOST_NESTED; depth += 1) {
    const header = signedHeader(token);
    if (!isNested(header)) {
      const payload = jsonPart(token.payload, 'payload');
      return [header, payload, part(token.signature, 'signature').toString('hex')];
    }
    token = splitToken(nestedToken(token.payload));
  }
  throw new BuiltinError('JWT nested too deeply');
}

/** True when one of the keys made the signature. A key that names its id or algorithm must agree with the token. */
function isSigned(token: Token, algorithm: string, keys: readonly VerificationKey[]): boolean {
  const signature = part(token.signature, 'signature');
  const header = jsonPart(token.header, 'header');
  const kid = lookup(header, 'kid');
  const named = keys.filter(({ id }) => id !== undefined && id === kid);
  const candidates = named.length > 0 ? named : keys;
  const signed = `${token.header}.${token.payload}`;
  return candidates.some(
    (candidate) =>
      (candidate.algorithm === undefined || candidate.algorithm === algorithm) &&
      verifySignature(algorithm, candidate.key, signed, signature),
  );
}

const verifier = (name: string, algorithm: string): Builtin =>
  define(`io.jwt.verify_${name}`, ['string', 'string'], 'boolean', (args) => {
    const token = splitToken(stringOperand(args, 1));
    const text = stringOperand(args, 2);
    const isSecret = algorithm.startsWith('HS');
    const keys = isSecret ? [secretKey(text)] : verificationKeys(text);
    return isSigned(token, algorithm, keys);
  });

const secretKey = (secret: string): VerificationKey => ({
  key: createSecretKey(secret, 'utf8'),
  id: undefined,
  algorithm: undefined,
});

interface Constraints {
  readonly keys: readonly VerificationKey[];
  readonly algorithm: string | undefined;
  readonly issuer: string | undefined;
  readonly audience: string | undefined;
  /** ns since the epoch */
  readonly time: Num;
}

function constraintsOf(args: readonly Value[], nowNs: bigint): Constraints {
  const object = objectOperand(args, 2);
  for (const key of objectKeys(object)) {
    if (!['cert', 'secret', 'alg', 'iss', 'aud', 'time'].includes(String(key))) {
      throw new BuiltinError(`unknown token validation constraint: ${String(key)}`);
    }
  }
  const text = (name: string): string | undefined => {
    const value = objectGet(object, name);
    if (value !== undefined && typeof value !== 'string')
      throw new BuiltinError(`${name} constraint: must be a string`);
    return value;
  };
  const cert = text('cert');
  const secret = text('secret');
  if ((cert === undefined) === (secret === undefined)) {
    throw new BuiltinError(cert === undefined ? 'no key constraint' : 'duplicate key constraints');
  }
  const time = objectGet(object, 'time');
  if (time !== undefined && !isNumber(time)) throw new BuiltinError('time constraint: must be a number');
  return {
    keys: secret === undefined ? verificationKeys(cert as string) : [secretKey(secret)],
    algorithm: text('alg'),
    issuer: text('iss'),
    audience: text('aud'),
    time: time ?? fromBigInt(nowNs),
  };
}

const refused = (): Value => [false, new RegoObject(), new RegoObject()];

/** Verifies signature, algorithm, issuer, audience and validity; whatever is wrong, the answer is the same. */
function decodeVerify(args: readonly Value[], { nowNs }: Parameters<Builtin['evaluate']>[1]): Value {
  const constraints = constraintsOf(args, nowNs());
  let token = splitToken(stringOperand(args, 1));
  for (let depth = 0; depth < MOST_NESTED; depth += 1) {
    const header = signedHeader(token);
    const algorithm = lookup(header, 'alg');
    if (typeof algorithm !== 'string' || algorithmOf(algorithm) === undefined) return refused();
    if (constraints.algorithm !== undefined && constraints.algorithm !== algorithm) return refused();
    // No extension is understood here, so a token that insists on one is not for us (RFC 7515, 4.1.11).
    if (lookup(header, 'crit') !== undefined) return refused();
    if (!isSigned(token, algorithm, constraints.keys)) return refused();
    if (!isNested(header)) {
      const payload = jsonPart(token.payload, 'payload');
      return isAcceptable(payload, constraints) ? [true, header, payload] : refused();
    }
    token = splitToken(nestedToken(token.payload));
  }
  return refused();
}

function isAcceptable(payload: Value, { issuer, audience, time }: Constraints): boolean {
  if (!isObject(payload)) return false;
  if (issuer !== undefined && objectGet(payload, 'iss') !== issuer) return false;
  const meantFor = objectGet(payload, 'aud');
  const audiences = Array.isArray(meantFor)
    ? (meantFor as readonly Value[])
    : meantFor === undefined
      ? []
      : [meantFor];
  if (audience === undefined ? meantFor !== undefined : !audiences.includes(audience)) return false;
  const expires = nanoseconds(payload, 'exp');
  const starts = nanoseconds(payload, 'nbf');
  if (expires !== undefined && compareNumbers(time, expires) >= 0) return false;
  return starts === undefined || compareNumbers(time, starts) >= 0;
}

function nanoseconds(payload: Value, claim: string): Num | undefined {
  const seconds = lookup(payload, claim);
  if (seconds === undefined) return undefined;
  const time = isNumber(seconds) ? multiply(seconds, 1_000_000_000) : undefined;
  if (time === undefined) throw new BuiltinError(`${claim} value must be a number`);
  return time;
}

function encode(header: string, payload: string, jwk: string): Value {
  const algorithm = headerAlgorithm(header);
  const parsed = parsedHeader(header);
  const type = lookup(parsed, 'typ');
  if ((type === undefined || type === 'JWT') && !isJson(payload))
    throw new BuiltinError('type is JWT but payload is not JSON');
  const text = [header, payload].map((piece) => Buffer.from(piece, 'utf8').toString('base64url')).join('.');
  return `${text}.${signWith(algorithm, jwk, text).toString('base64url')}`;
}

function parsedHeader(header: string): Value {
  try {
    return parseJson(header);
  } catch {
    return null;
  }
}

function headerAlgorithm(header: string): string {
  const missing = (why: string): never => {
    throw new BuiltinError(`missing or invalid 'alg' header: ${why}`);
  };
  if (header === '') missing('cannot parse JSON: cannot parse empty string');
  if (header.trimStart().startsWith('{') && !isJson(header)) missing('cannot parse JSON');
  const algorithm = lookup(parsedHeader(header), 'alg');
  return typeof algorithm === 'string' ? algorithm : missing('jwsbb: header "alg" not found');
}

function isJson(text: string): boolean {
  try {
    parseJson(text);
    return true;
  } catch {
    return false;
  }
}

const sized = ['256', '384', '512'] as const;

export const jwt: readonly Builtin[] = [
  define('io.jwt.decode', ['string'], 'array', decode),
  define('io.jwt.decode_verify', ['string', 'object'], 'array', decodeVerify),
  ...['hs', 'rs', 'ps', 'es'].flatMap((family) =>
    sized.map((size) => verifier(`${family}${size}`, `${family.toUpperCase()}${size}`)),
  ),
  verifier('eddsa', 'EdDSA'),
  define('io.jwt.encode_sign_raw', ['string', 'string', 'string'], 'string', (args) =>
    encode(stringOperand(args, 1), stringOperand(args, 2), stringOperand(args, 3)),
  ),
  define('io.jwt.encode_sign', ['object', 'object', 'object'], 'string', (args) =>
    encode(
      jsonText(objectOperand(args, 1), true),
      jsonText(objectOperand(args, 2), true),
      jsonText(objectOperand(args, 3)),
    ),
  ),
];
