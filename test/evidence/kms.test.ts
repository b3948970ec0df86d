import { createPrivateKey, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { keyOfPem, openEvidenceKey } from '../../adapters/sigstore/evidence-key.ts';
import { keySigner } from '../../adapters/sigstore/signer.ts';
import { verifyBundle } from '../../adapters/sigstore/verify-bundle.ts';
import { trustedKeyFromPem } from '../../core/evidence/keys.ts';
import { newPrivateKey } from './support.ts';

const env = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'very-secret', AWS_REGION: 'eu-central-1' };

interface Seen {
  readonly target: string;
  readonly authorization: string;
  readonly body: Record<string, string>;
}

/** A key management service on loopback, as the API reference of AWS KMS describes it, with one key. */
async function startKms(pem: string, status = 200, spec = 'ECC_NIST_P256') {
  const seen: Seen[] = [];
  const key = createPrivateKey(pem);
  const der = Buffer.from(keyOfPem(pem).publicPem.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64');
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, string>;
    const target = String(request.headers['x-amz-target']);
    seen.push({ target, authorization: String(request.headers.authorization), body });
    const answer =
      target === 'TrentService.Sign'
        ? { Signature: signDigest(key, Buffer.from(body.Message ?? '', 'base64')).toString('base64') }
        : { PublicKey: der.toString('base64'), KeySpec: spec };
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { address: `awskms://127.0.0.1:${(server.address() as AddressInfo).port}/alias/evidence`, seen };
}

/** What a service that is sent digests computes. */
function signDigest(key: ReturnType<typeof createPrivateKey>, digest: Buffer): Buffer {
  const found = messages.get(digest.toString('hex'));
  if (found === undefined) throw new Error('a digest of nothing that was to be signed');
  return sign('sha256', found, key);
}
const messages = new Map<string, Buffer>();

const open = (configured: string) => openEvidenceKey({ dataDir: '/nowhere', configured, env, fetch });

it('signs with a key that never leaves the service, which is sent a digest', async () => {
  const pem = newPrivateKey();
  const { address, seen } = await startKms(pem);
  const signer = keySigner(async () => {
    const key = await open(address);
    return {
      ...key,
      sign: async (data) => {
        const { createHash } = await import('node:crypto');
        messages.set(createHash('sha256').update(data).digest('hex'), Buffer.from(data));
        return key.sign(data);
      },
    };
  });
  const bundle = await signer.attest(new TextEncoder().encode('{}'), 'application/vnd.in-toto+json');
  const trusted = trustedKeyFromPem(keyOfPem(pem).publicPem);
  expect(verifyBundle(bundle, [trusted]).key.hint).toBe(trusted.hint);
  expect(seen.map(({ target }) => target)).toEqual(['TrentService.GetPublicKey', 'TrentService.Sign']);
  expect(seen[1]?.body).toMatchObject({
    KeyId: 'alias/evidence',
    MessageType: 'DIGEST',
    SigningAlgorithm: 'ECDSA_SHA_256',
  });
  expect(seen[1]?.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=id\/\d{8}\/eu-central-1\/kms\/aws4_request/,
  );
});

it.each<[string, object, () => Promise<string>]>([
  [
    'the service refuses us',
    { code: 'KMS_REFUSED' },
    async () => (await startKms(newPrivateKey(), 400)).address,
  ],
  [
    'the service fails',
    { code: 'KMS_FAILED', retryable: true },
    async () => (await startKms(newPrivateKey(), 503)).address,
  ],
  [
    'it is a key of another kind',
    { code: 'BAD_SIGNING_KEY' },
    async () => (await startKms(newPrivateKey(), 200, 'RSA_2048')).address,
  ],
  ['it names no key', { code: 'BAD_SIGNING_KEY' }, async () => 'awskms://localhost/'],
])('says what is wrong when %s, and nothing of the secret', async (_name, expected, start) => {
  const error = (await open(await start()).catch((cause: unknown) => cause)) as Error;
  expect(error).toMatchObject(expected);
  expect(JSON.stringify([error.message, error.stack, String(error.cause)])).not.toContain('very-secret');
});
