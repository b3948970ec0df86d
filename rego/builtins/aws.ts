import { createHash, createHmac } from 'node:crypto';
import { RegoObject, RegoSet } from '../value/collections.ts';
import { jsonText } from '../value/json.ts';
import { toBigInt } from '../value/number.ts';
import { type AnyObject, isObject, objectEntries, objectGet } from '../value/object.ts';
import { regoText } from '../value/text.ts';
import type { Value } from '../value/types.ts';
import { type Builtin, BuiltinError, define, numberOperand, OperandError, objectOperand } from './builtin.ts';
import { checkHttpRequest } from './http-request.ts';

/** What a signature is made of. */
interface Signing {
  readonly service: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly sessionToken: string;
  /** False: the payload is named as unsigned, as S3 allows over TLS. */
  readonly signsPayload: boolean;
  /** `20151228T140825Z` */
  readonly time: string;
}

const required = ['aws_service', 'aws_access_key', 'aws_secret_access_key', 'aws_region'] as const;

/** Services that want the hash of the payload as a header. */
const hashedServices: ReadonlySet<string> = new Set(['s3', 'glacier']);

/** Proxies change these on the way: they are never signed. */
const unsignedHeaders: ReadonlySet<string> = new Set(['authorization', 'user-agent', 'x-amzn-trace-id']);

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer =>
  createHmac('sha256', key).update(text, 'utf8').digest();

/** AWS Signature Version 4 (docs.aws.amazon.com, "Create a signed AWS API request"): no network, only HMACs. */
function signRequest(args: readonly Value[]): Value {
  const request = objectOperand(args, 1);
  const config = objectOperand(args, 2);
  checkConfig(config);
  const time = basicTime(args);
  checkHttpRequest(request);
  const [method, url] = requestLine(request);
  const given = objectGet(request, 'headers') ?? {};
  if (!isObject(given)) throw new OperandError('operand 1 headers must be object');
  const signing = signingOf(config, time);
  const payload = signing.signsPayload ? sha256(bodyOf(request)) : 'UNSIGNED-PAYLOAD';
  const own = ownHeaders(signing, url.host, payload);
  const headers = stringEntries(given);
  // A header that the request already has is signed as it came, as in OPA, though the new one is sent.
  const authorization = authorize(signing, method, url, new Map([...own, ...headers.map(lowered)]), payload);
  const signed = RegoObject.of([...headers, ['Authorization', authorization], ...own]);
  return RegoObject.of([...objectEntries(request).filter(([key]) => key !== 'headers'), ['headers', signed]]);
}

function checkConfig(config: AnyObject): void {
  const names = (wanted: (value: Value | undefined) => boolean): string =>
    regoText(RegoSet.of(required.filter((name) => wanted(objectGet(config, name)))));
  if (required.some((name) => objectGet(config, name) === undefined)) {
    const missing = names((value) => value === undefined);
    throw new OperandError(`operand 2 missing required AWS config parameters(s): ${missing}`);
  }
  if (required.some((name) => typeof objectGet(config, name) !== 'string')) {
    const invalid = names((value) => typeof value !== 'string');
    throw new OperandError(`operand 2 invalid values for required AWS config parameters(s): ${invalid}`);
  }
  const disabled = objectGet(config, 'disable_payload_signing') ?? false;
  if (typeof disabled !== 'boolean')
    throw new OperandError("operand 2 invalid value for 'disable_payload_signing' in AWS config");
}

/** Nanoseconds since the epoch as `20151228T140825Z`. */
function basicTime(args: readonly Value[]): string {
  const ns = toBigInt(numberOperand(args, 3));
  if (ns === undefined || ns < 0n || ns > 2n ** 63n - 1n)
    throw new OperandError('operand 3 could not convert time_ns value into a unix timestamp');
  const iso = new Date(Number(ns / 1_000_000n)).toISOString();
  return `${iso.slice(0, 19).replace(/[-:]/g, '')}Z`;
}

function requestLine(request: AnyObject): [string, { host: string; path: string; query: string }] {
  const method = objectGet(request, 'method');
  const url = objectGet(request, 'url');
  if (typeof method === 'string' && typeof url === 'string') return [method, urlParts(url)];
  const invalid = RegoSet.of(
    ['method', 'url'].filter((name) => typeof objectGet(request, name) !== 'string'),
  );
  throw new OperandError(`operand 1 invalid values for required request parameters(s): ${regoText(invalid)}`);
}

/** Host, path and query as they were written: what is signed is what is sent. */
function urlParts(url: string): { host: string; path: string; query: string } {
  if (!URL.canParse(url)) throw new BuiltinError(`parse ${regoText(url)}: invalid URL`);
  const parts = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#]*)([^?#]*)(?:\?([^#]*))?/i.exec(url);
  return { host: parts?.[1] ?? '', path: parts?.[2] ?? '', query: parts?.[3] ?? '' };
}

function signingOf(config: AnyObject, time: string): Signing {
  const text = (name: string): string => {
    const value = objectGet(config, name);
    return typeof value === 'string' ? value : '';
  };
  return {
    service: text('aws_service'),
    region: text('aws_region'),
    accessKey: text('aws_access_key'),
    secretKey: text('aws_secret_access_key'),
    sessionToken: text('aws_session_token'),
    signsPayload: objectGet(config, 'disable_payload_signing') !== true,
    time,
  };
}

function bodyOf(request: AnyObject): string {
  const raw = objectGet(request, 'raw_body');
  if (raw !== undefined) return typeof raw === 'string' ? raw : '';
  const body = objectGet(request, 'body');
  return body === undefined ? '' : jsonText(body, true);
}

function stringEntries(headers: AnyObject): [string, string][] {
  return objectEntries(headers).map(([name, value]) => [
    typeof name === 'string' ? name : '',
    typeof value === 'string' ? value : '',
  ]);
}

const lowered = ([name, value]: [string, string]): [string, string] => [name.toLowerCase(), value];

/** The headers that signing adds. */
function ownHeaders(signing: Signing, host: string, payload: string): [string, string][] {
  const headers: [string, string][] = [
    ['host', host],
    ['x-amz-date', signing.time],
  ];
  if (hashedServices.has(signing.service)) headers.push(['x-amz-content-sha256', payload]);
  if (signing.sessionToken !== '') headers.push(['x-amz-security-token', signing.sessionToken]);
  return headers;
}

/** The value of the Authorization header. */
function authorize(
  signing: Signing,
  method: string,
  url: { path: string; query: string },
  headers: ReadonlyMap<string, string>,
  payload: string,
): string {
  const lines = [...headers]
    .filter(([name]) => !unsignedHeaders.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const names = lines.map(([name]) => name).join(';');
  const canonical = [
    method,
    url.path,
    url.query,
    ...lines.map(([name, value]) => `${name}:${value}`),
    '',
    names,
    payload,
  ].join('\n');
  const date = signing.time.slice(0, 8);
  const scope = `${date}/${signing.region}/${signing.service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', signing.time, scope, sha256(canonical)].join('\n');
  const key = [signing.region, signing.service, 'aws4_request'].reduce<Buffer>(
    (previous, part) => hmac(previous, part),
    hmac(`AWS4${signing.secretKey}`, date),
  );
  const signature = hmac(key, toSign).toString('hex');
  return `AWS4-HMAC-SHA256 Credential=${signing.accessKey}/${scope},SignedHeaders=${names},Signature=${signature}`;
}

export const aws: readonly Builtin[] = [
  define('providers.aws.sign_req', ['object', 'object', 'number'], 'object', signRequest),
];
