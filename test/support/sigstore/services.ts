import { createHash, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  fulcioHandler,
  initializeCA,
  initializeCTLog,
  initializeTLog,
  initializeTSA,
  tsaHandler,
} from '@sigstore/mock';
import { onTestFinished } from 'vitest';

export interface SigstoreServices {
  /** Where all of them answer: Fulcio, Rekor and the timestamp authority. */
  readonly url: string;
  /** `trusted_root.json` of these services. */
  readonly trustedRoot: string;
  /** What a job of GitHub Actions is given to sign with these services, as `claims`. */
  readonly jobEnv: Readonly<Record<string, string>>;
  /** Paths that were asked, in order. */
  readonly requests: readonly string[];
}

/** Sigstore's own mock of its services, behind a real server on loopback. */
export async function startSigstore(
  claims: Readonly<Record<string, unknown>> = {},
): Promise<SigstoreServices> {
  const requests: string[] = [];
  const keys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
  // Whole seconds: the mock writes fractions of them into timestamps as the verifier cannot always read them. A little
  // ahead: its roots are valid from the second in which they are made, which may be the next one.
  const clock = new Date(Math.floor(Date.now() / 1_000) * 1_000 + 10_000);
  const ctLog = await initializeCTLog(keys(), clock);
  const ca = await initializeCA(keys(), ctLog, clock);
  const tsa = await initializeTSA(keys(), clock);
  const tlog = await initializeTLog('http://127.0.0.1', keys(), clock);
  const rekor = {
    path: '/api/v1/log/entries',
    fn: async (request: string) => ({
      statusCode: 201,
      response: JSON.stringify(await tlog.log(loggedEntry(JSON.parse(request) as Proposal))),
      contentType: 'application/json',
    }),
  };
  const handlers = [fulcioHandler(ca), rekor];
  const { fn: timestamp } = tsaHandler(tsa);
  const timestamped = async (query: Buffer): Promise<Buffer> => {
    const artifactHash = query.subarray(digestAt, digestAt + 32).toString('base64');
    const asked = { artifactHash, hashAlgorithm: 'sha256', certificates: true };
    return Buffer.from(bytesOf((await timestamp(JSON.stringify(asked))).response as Uint8Array));
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    requests.push(request.url ?? '');
    if (request.url === '/timestamp') return response.end(await timestamped(Buffer.concat(chunks)));
    const handler = handlers.find(({ path }) => path === request.url);
    if (request.url?.startsWith('/token?')) {
      const audience = new URL(request.url, 'http://127.0.0.1').searchParams.get('audience');
      return response.end(JSON.stringify({ value: unsignedToken({ ...claims, aud: audience }) }));
    }
    if (handler === undefined) return response.writeHead(404).end();
    const answer = await handler.fn(Buffer.concat(chunks).toString('utf8'));
    const body =
      typeof answer.response === 'string' ? answer.response : Buffer.from(bytesOf(answer.response));
    return response
      .writeHead(answer.statusCode, { 'content-type': answer.contentType ?? 'text/plain' })
      .end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const validFor = { start: '2020-01-01T00:00:00Z' };
  const log = (publicKey: Uint8Array) => ({
    baseUrl: url,
    hashAlgorithm: 'SHA2_256',
    publicKey: { rawBytes: base64(publicKey), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor },
    logId: { keyId: createHash('sha256').update(publicKey).digest('base64') },
  });
  const authority = (...certificates: readonly Uint8Array[]) => ({
    subject: { commonName: 'sigstore', organization: 'sigstore.mock' },
    uri: url,
    certChain: { certificates: certificates.map((bytes) => ({ rawBytes: base64(bytes) })) },
    validFor,
  });
  const trustedRoot = JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [log(tlog.publicKey)],
    certificateAuthorities: [authority(bytesOf(ca.rootCertificate))],
    ctlogs: [log(ctLog.publicKey)],
    timestampAuthorities: [authority(bytesOf(tsa.intCertificate), bytesOf(tsa.rootCertificate))],
  });
  const jobEnv = {
    ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/token?`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'bearer-of-the-job',
    FULCIO_URL: url,
    REKOR_URL: url,
    TIMESTAMP_URL: `${url}/timestamp`,
  };
  return { url, trustedRoot, jobEnv, requests };
}

/** Where the digest stands in a query of ours: behind version and algorithm. The mock speaks JSON instead. */
const digestAt = 24;

interface Proposal {
  readonly spec: {
    readonly proposedContent: { readonly envelope: string; readonly verifiers: readonly string[] };
  };
}

/** What Rekor keeps of a proposal of kind `dsse`: digests, the signature and who can verify it. */
function loggedEntry({ spec: { proposedContent } }: Proposal): object {
  const envelope = JSON.parse(proposedContent.envelope) as {
    readonly payload: string;
    readonly signatures: readonly { readonly sig: string }[];
  };
  const hash = (bytes: Uint8Array | string) => ({
    algorithm: 'sha256',
    value: createHash('sha256').update(bytes).digest('hex'),
  });
  return {
    apiVersion: '0.0.1',
    kind: 'dsse',
    spec: {
      envelopeHash: hash(proposedContent.envelope),
      payloadHash: hash(Buffer.from(envelope.payload, 'base64')),
      signatures: envelope.signatures.map(({ sig }, index) => ({
        signature: sig,
        verifier: proposedContent.verifiers[index],
      })),
    },
  };
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(view)
    ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
    : new Uint8Array(view);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/** An OIDC token that nobody signed, as the mock takes it. */
export function unsignedToken(claims: Readonly<Record<string, unknown>>): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.`;
}
