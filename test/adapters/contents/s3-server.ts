import { createHash, createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Stored {
  readonly bytes: Buffer;
  readonly metadata: Readonly<Record<string, string>>;
  retainUntil: number;
  held: boolean;
  readonly version: string;
}

export const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a-secret-of-this-test' };

/**
 * The part of S3 that evidence needs, on loopback: Signature Version 4 checked from its definition, ranges, parts,
 * versions, and an object lock that refuses. What it is not: AWS' own implementation.
 */
export class S3Server {
  readonly objects = new Map<string, Stored>();
  readonly requests: string[] = [];
  /** Answers of this status come first. */
  readonly failures: number[] = [];
  /** The bucket's object lock: kept; not asked of parts, as Ceph does; headers forgotten, as in a bucket without. */
  lock: 'kept' | 'not of parts' | 'none' = 'kept';
  readonly #uploads = new Map<string, { headers: IncomingMessage['headers']; parts: Buffer[] }>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  now = Date.parse('2026-01-02T00:00:00Z');

  async start(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const url = new URL(request.url ?? '', 'http://host');
    this.requests.push(`${request.method} ${url.pathname}${url.search}`);
    const failure = this.failures.shift();
    if (failure !== undefined) return void response.writeHead(failure).end();
    if (!isSigned(request, url, body)) return void response.writeHead(403).end();
    const [status, headers, content] = this.#handle(request, url, body);
    response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : content);
  }

  #handle(
    request: IncomingMessage,
    url: URL,
    body: Buffer,
  ): [number, Record<string, string>, (Buffer | string)?] {
    const name = url.pathname;
    const stored = this.objects.get(name);
    const query = url.searchParams;
    const upload = query.get('uploadId');
    if (name === '/evidence' && query.get('list-type') === '2') return this.#list(query);
    if (!name.startsWith('/evidence/')) return [404, {}];
    if (request.method === 'POST' && query.has('uploads')) {
      const id = randomUUID();
      this.#uploads.set(id, { headers: request.headers, parts: [] });
      return [200, {}, `<R><UploadId>${id}</UploadId></R>`];
    }
    if (upload !== null) return this.#part(request, name, upload, query, body);
    if (request.method === 'PUT' && (query.has('retention') || query.has('legal-hold'))) {
      if (stored === undefined) return [404, {}];
      if (this.lock === 'none') return [400, {}];
      return this.#change(stored, query.has('retention'), body.toString());
    }
    if (request.method === 'PUT') return this.#put(name, request.headers, body);
    if (stored === undefined) return [404, {}];
    if (request.method === 'DELETE') {
      if (stored.held || stored.retainUntil > this.now) return [403, {}];
      this.objects.delete(name);
      return [204, {}];
    }
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    if (range !== null && Number(range[1]) >= stored.bytes.length) return [416, {}];
    const bytes =
      range === null ? stored.bytes : stored.bytes.subarray(Number(range[1]), Number(range[2]) + 1);
    return [
      range === null ? 200 : 206,
      { ...headersOf(stored), 'content-length': String(bytes.length) },
      bytes,
    ];
  }

  /** Pages of one key, so that a client has to go on. */
  #list(query: URLSearchParams): [number, Record<string, string>, string] {
    const prefix = `/evidence/${query.get('prefix')}`;
    const after = query.get('continuation-token') ?? '';
    const [key, next] = [...this.objects.keys()]
      .filter((one) => one.startsWith(prefix) && one > after)
      .sort();
    const contents =
      key === undefined
        ? ''
        : `<Contents><Key>${key.slice('/evidence/'.length)}</Key><Size>${this.objects.get(key)?.bytes.length}</Size></Contents>`;
    const more = next === undefined ? '' : `<NextContinuationToken>${key}</NextContinuationToken>`;
    const cut = `<IsTruncated>${next !== undefined}</IsTruncated>`;
    return [200, {}, `<ListBucketResult>${cut}${contents}${more}</ListBucketResult>`];
  }

  #put(name: string, headers: IncomingMessage['headers'], bytes: Buffer): [number, Record<string, string>] {
    const checksum = headers['x-amz-checksum-sha256'];
    if (checksum !== undefined && checksum !== createHash('sha256').update(bytes).digest('base64'))
      return [400, {}];
    const until = this.lock === 'none' ? undefined : headers['x-amz-object-lock-retain-until-date'];
    const meta = headers['x-amz-meta-retain-until'];
    this.objects.set(name, {
      bytes,
      metadata: meta === undefined ? {} : { 'x-amz-meta-retain-until': String(meta) },
      retainUntil: until === undefined ? 0 : Date.parse(String(until)),
      held: false,
      version: randomUUID(),
    });
    return [200, {}];
  }

  #part(
    request: IncomingMessage,
    name: string,
    id: string,
    query: URLSearchParams,
    body: Buffer,
  ): [number, Record<string, string>, string?] {
    const upload = this.#uploads.get(id);
    if (upload === undefined) return [404, {}];
    if (request.method === 'PUT') {
      upload.parts[Number(query.get('partNumber')) - 1] = body;
      return [200, { etag: `"${createHash('md5').update(body).digest('hex')}"` }];
    }
    this.#uploads.delete(id);
    if (request.method === 'DELETE') return [204, {}];
    const { 'x-amz-object-lock-retain-until-date': until, ...rest } = upload.headers;
    const headers =
      this.lock === 'not of parts' ? rest : { ...rest, 'x-amz-object-lock-retain-until-date': until };
    return this.#put(name, headers, Buffer.concat(upload.parts));
  }

  /** Compliance: a time may only grow. */
  #change(stored: Stored, isRetention: boolean, xml: string): [number, Record<string, string>] {
    if (!isRetention) stored.held = xml.includes('<Status>ON</Status>');
    else {
      const until = Date.parse(/<RetainUntilDate>([^<]+)</.exec(xml)?.[1] ?? '');
      if (until < stored.retainUntil) return [403, {}];
      stored.retainUntil = until;
    }
    return [200, {}];
  }
}

function headersOf({ retainUntil, held, version, metadata }: Stored): Record<string, string> {
  return {
    ...metadata,
    'x-amz-version-id': version,
    ...(retainUntil > 0 && { 'x-amz-object-lock-retain-until-date': new Date(retainUntil).toISOString() }),
    ...(held && { 'x-amz-object-lock-legal-hold': 'ON' }),
  };
}

/** Signature Version 4 as AWS' "Authenticating Requests" defines it. */
function isSigned(request: IncomingMessage, url: URL, body: Buffer): boolean {
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8}\/[^/]+\/s3\/aws4_request), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? '',
    );
  const payload = request.headers['x-amz-content-sha256'];
  if (match === null || payload !== createHash('sha256').update(body).digest('hex')) return false;
  const [, keyId, scope = '', signedHeaders = '', signature] = match;
  const canonical = [
    request.method,
    url.pathname,
    [...url.searchParams]
      .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
      .sort()
      .join('&'),
    ...signedHeaders.split(';').map((name) => `${name}:${String(request.headers[name]).trim()}`),
    '',
    signedHeaders,
    payload,
  ].join('\n');
  const hash = createHash('sha256').update(canonical).digest('hex');
  const toSign = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, hash].join('\n');
  const key = scope
    .split('/')
    .reduce<Buffer | string>(
      (secret, part) => createHmac('sha256', secret).update(part).digest(),
      `AWS4${credentials.secretAccessKey}`,
    );
  return (
    keyId === credentials.accessKeyId && createHmac('sha256', key).update(toSign).digest('hex') === signature
  );
}
