import { createHash, createPublicKey } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import { z } from 'zod';
import { InputError, PermissionError, ProviderError } from '../../core/errors.ts';
import { trustedKeyFromPem } from '../../core/evidence/keys.ts';
import type { EvidenceKey } from './signing-key.ts';

const publicKeySchema = z.object({ PublicKey: z.string(), KeySpec: z.string() });
const signatureSchema = z.object({ Signature: z.string() });

/** Public halves by key: they never change. */
const known = new Map<string, Pick<EvidenceKey, 'publicPem' | 'hint'>>();

/**
 * A key in AWS' Key Management Service, named as cosign names it: `awskms://[host]/<key id, alias or ARN>`, with
 * AWS' variables for region and credentials. The key never leaves the service: it is sent digests to sign
 * (docs.aws.amazon.com/kms/latest/APIReference: GetPublicKey, Sign).
 *
 * @throws InputError `BAD_SIGNING_KEY` · PermissionError `KMS_REFUSED` · ProviderError `KMS_FAILED`
 */
export async function awsKmsKey(
  address: string,
  env: Readonly<Record<string, string | undefined>>,
  ask: typeof fetch,
): Promise<EvidenceKey> {
  const call = kmsClient(address, env, ask);
  const { publicPem, hint } = known.get(address) ?? (await readPublicKey(call));
  known.set(address, { publicPem, hint });
  return {
    publicPem,
    hint,
    sign: async (data) => {
      const digest = createHash('sha256').update(data).digest('base64');
      const request = { Message: digest, MessageType: 'DIGEST', SigningAlgorithm: 'ECDSA_SHA_256' };
      return Buffer.from((await call('Sign', request, signatureSchema)).Signature, 'base64');
    },
  };
}

type Call = <Answer>(action: string, request: object, answer: z.ZodType<Answer>) => Promise<Answer>;

async function readPublicKey(call: Call): Promise<Pick<EvidenceKey, 'publicPem' | 'hint'>> {
  const { PublicKey, KeySpec } = await call('GetPublicKey', {}, publicKeySchema);
  if (KeySpec !== 'ECC_NIST_P256') throw badKey(`expected a key of ECC_NIST_P256, found ${KeySpec}`);
  const key = createPublicKey({ key: Buffer.from(PublicKey, 'base64'), format: 'der', type: 'spki' });
  const { pem, hint } = trustedKeyFromPem(key.export({ type: 'spki', format: 'pem' }).toString());
  return { publicPem: pem, hint };
}

function kmsClient(
  address: string,
  env: Readonly<Record<string, string | undefined>>,
  ask: typeof fetch,
): Call {
  const [, host = '', keyId = ''] = /^awskms:\/\/([^/]*)\/(.+)$/.exec(address) ?? [];
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (keyId === '') throw badKey('expected awskms:///<key id, alias/name or ARN>');
  if (!accessKeyId || !secretAccessKey) throw badKey('expected AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY');
  const region = /^arn:aws[\w-]*:kms:([\w-]+):/.exec(keyId)?.[1] ?? env.AWS_REGION ?? 'us-east-1';
  const sessionToken = env.AWS_SESSION_TOKEN;
  const signer = new AwsClient({
    accessKeyId,
    secretAccessKey,
    ...(sessionToken && { sessionToken }),
    region,
    service: 'kms',
    retries: 0,
  });
  return async (action, request, schema) => {
    const signed = await signer.sign(endpointOf(host, region), {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${action}` },
      body: JSON.stringify({ KeyId: keyId, ...request }),
    });
    const answer = await ask(signed, { signal: AbortSignal.timeout(10_000) }).catch((cause: unknown) => {
      throw failed('did not answer', cause);
    });
    const parsed = schema.safeParse(await answer.json().catch(() => null));
    if (answer.ok && parsed.success) return parsed.data;
    throw answer.status < 500 && answer.status !== 429 && !answer.ok
      ? refused(action, answer.status)
      : failed(`answered ${action} with ${answer.status}`);
  };
}

/** Plain http is for tests and tunnels on this machine. */
function endpointOf(host: string, region: string): string {
  if (host === '') return `https://kms.${region}.amazonaws.com/`;
  return `${/^(localhost|127\.0\.0\.1)(:\d+)?$/.test(host) ? 'http' : 'https'}://${host}/`;
}

function badKey(message: string): InputError {
  return new InputError(
    'BAD_SIGNING_KEY',
    `SIGNING_KEY: ${message}`,
    'set SIGNING_KEY=awskms:///alias/evidence to a P-256 key with usage SIGN_VERIFY, with AWS credentials',
  );
}

function refused(action: string, status: number): PermissionError {
  return new PermissionError(
    'KMS_REFUSED',
    `The key management service answered ${action} with ${status}`,
    'The credentials need kms:GetPublicKey and kms:Sign on this key, and the key must exist in this region.',
  );
}

function failed(what: string, cause?: unknown): ProviderError {
  return new ProviderError(
    'KMS_FAILED',
    `The key management service ${what}`,
    'It is tried again; look at the service that SIGNING_KEY names.',
    { retryable: true, cause },
  );
}
