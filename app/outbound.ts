import { type LookupAddress, lookup as lookupName } from 'node:dns';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import { PermissionError } from '../core/errors.ts';

/** Networks that a repository's config must not make us call (RFC 6890): this machine, its neighbours, the cloud's metadata. */
const inward = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  inward.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  inward.addSubnet(network, prefix, 'ipv6');
}

/** True for addresses that are not on the public internet. */
export function isInward(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const plain = mapped ?? address;
  const family = isIP(plain);
  return family === 0 || inward.check(plain, family === 4 ? 'ipv4' : 'ipv6');
}

/**
 * `fetch` for addresses that come from a repository's config. The address is checked at the moment of the
 * connection, so a name that resolves differently the second time gains nothing. Redirects are not followed.
 *
 * @param allowed `host` or `host:port` that may be called although they are inward (`ALLOWED_HOSTS`).
 * @throws PermissionError `HOST_NOT_ALLOWED`.
 */
export function outboundFetch(allowed: readonly string[]): typeof fetch {
  return async (input, init) => {
    const asked = new Request(input, init);
    const url = new URL(asked.url);
    const trusted = allowed.includes(url.hostname) || allowed.includes(url.host);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw notAllowed(url.host);
    if (!trusted && isIP(bare(url.hostname)) !== 0 && isInward(bare(url.hostname)))
      throw notAllowed(url.host);
    const body = asked.body === null ? null : Buffer.from(await asked.arrayBuffer());
    return send(url, asked, body, trusted ? undefined : guardedLookup(url.host));
  };
}

function send(
  url: URL,
  asked: Request,
  body: Buffer | null,
  lookup: LookupFunction | undefined,
): Promise<Response> {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      method: asked.method,
      headers: Object.fromEntries(asked.headers),
      signal: asked.signal,
      ...(lookup === undefined ? {} : { lookup }),
    });
    outgoing.once('error', reject);
    outgoing.once('response', (incoming) => resolve(toResponse(incoming)));
    outgoing.end(body ?? undefined);
  });
}

function toResponse(incoming: IncomingMessage): Response {
  const status = incoming.statusCode ?? 502;
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    for (const item of [value ?? []].flat()) headers.append(name, item);
  }
  const bodiless = status === 204 || status === 205 || status === 304;
  if (bodiless) incoming.resume();
  const body = bodiless ? null : (Readable.toWeb(incoming) as ReadableStream<Uint8Array>);
  return new Response(body, { status, headers });
}

/** Resolves a name and refuses it when any of its addresses is inward. */
function guardedLookup(host: string): LookupFunction {
  return (name, options, callback) => {
    lookupName(name, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      const first = addresses?.[0];
      if (error !== null || first === undefined) return callback(error ?? notAllowed(host), '', 4);
      if (addresses.some(({ address }) => isInward(address))) return callback(notAllowed(host), '', 4);
      if (options.all === true) return callback(null, addresses);
      return callback(null, first.address, first.family);
    });
  };
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function notAllowed(host: string): PermissionError {
  return new PermissionError(
    'HOST_NOT_ALLOWED',
    `The config names ${host}, which is not on the public internet`,
    `If the Conductor may call it, add ${host} to its ALLOWED_HOSTS.`,
  );
}
