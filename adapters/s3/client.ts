import { createHash } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import { PermissionError, ProviderError } from '../../core/errors.ts';
import type { S3Settings } from './settings.ts';

export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** Null: the bucket itself. */
  readonly name: string | null;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** Asks the bucket; null is a 404. What comes back is a success, or a 416: there is nothing in the range. */
export type S3 = (request: S3Request) => Promise<Response | null>;

/**
 * A client for one bucket. Requests are signed (Signature Version 4) over their whole body; failures of the service
 * are tried again three times.
 *
 * @throws ProviderError `EVIDENCE_STORE_FAILED` · PermissionError `EVIDENCE_STORE_REFUSED`; no error quotes a header.
 */
export function s3Client(settings: S3Settings, ask: typeof fetch): S3 {
  const { accessKeyId, secretAccessKey, sessionToken, region } = settings;
  const signer = new AwsClient({
    accessKeyId,
    secretAccessKey,
    ...(sessionToken && { sessionToken }),
    region,
    service: 's3',
    retries: 0,
  });
  return async ({ method, name, query = {}, headers = {}, body }) => {
    const path = name === null ? '' : `/${settings.prefix}${name}`;
    const url = new URL(`${settings.endpoint}/${settings.bucket}${path}`);
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    const payload = createHash('sha256')
      .update(body ?? '')
      .digest('hex');
    const signed = await signer.sign(url.href, {
      method,
      headers: { ...headers, 'x-amz-content-sha256': payload },
      ...(body && { body: new Uint8Array(body) }),
    });
    for (let attempt = 1; ; attempt++) {
      const answer = await ask(signed.clone()).catch((cause: unknown) =>
        attempt < 3 ? null : failed(cause),
      );
      if (answer === null || (answer.status >= 500 && attempt < 3)) continue;
      if (answer.ok) return answer;
      await answer.body?.cancel();
      if (answer.status === 416) return answer;
      if (answer.status === 404) return null;
      throw answer.status >= 500 ? unavailable(`answered ${answer.status}`) : refused(method, answer.status);
    }
  };
}

function failed(cause: unknown): never {
  throw unavailable('did not answer', cause);
}

function unavailable(what: string, cause?: unknown): ProviderError {
  return new ProviderError(
    'EVIDENCE_STORE_FAILED',
    `The bucket of evidence ${what}`,
    'Look at the service that EVIDENCE_STORE names; it is tried again.',
    { retryable: true, cause },
  );
}

function refused(method: string, status: number): PermissionError {
  return new PermissionError(
    'EVIDENCE_STORE_REFUSED',
    `The bucket of evidence answered ${method} with ${status}`,
    'The credentials need s3:PutObject, GetObject, PutObjectRetention, PutObjectLegalHold, and a bucket with object lock.',
  );
}
