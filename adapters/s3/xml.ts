import { ProviderError } from '../../core/errors.ts';

/** The few documents of S3's API that are needed; every value in them is ours or a number. */
const namespace = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

export function retention(mode: 'COMPLIANCE' | 'GOVERNANCE', until: number): Uint8Array {
  const date = new Date(until).toISOString();
  return bytes(
    `<Retention ${namespace}><Mode>${mode}</Mode><RetainUntilDate>${date}</RetainUntilDate></Retention>`,
  );
}

export function legalHold(held: boolean): Uint8Array {
  return bytes(`<LegalHold ${namespace}><Status>${held ? 'ON' : 'OFF'}</Status></LegalHold>`);
}

export function completeUpload(etags: readonly string[]): Uint8Array {
  const parts = etags.map(
    (etag, index) =>
      `<Part><PartNumber>${index + 1}</PartNumber><ETag>${etag.replaceAll(/[<>&]/g, '')}</ETag></Part>`,
  );
  return bytes(`<CompleteMultipartUpload ${namespace}>${parts.join('')}</CompleteMultipartUpload>`);
}

export function readUploadId(answer: string): string {
  const id = /<UploadId>([^<]+)<\/UploadId>/.exec(answer)?.[1];
  if (id !== undefined) return id;
  throw new ProviderError(
    'EVIDENCE_STORE_FAILED',
    'The bucket of evidence began an upload without an id',
    'Look at the service that EVIDENCE_STORE names; it is tried again.',
    { retryable: true },
  );
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
