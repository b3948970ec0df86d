import { createHash } from 'node:crypto';
import { BUNDLE_V01_MEDIA_TYPE } from '@sigstore/bundle';
import { z } from 'zod';

/** Rekor's answer is kept as it came: the entry, and the log's promise to include it. */
const cosignSchema = z.object({
  base64Signature: z.string(),
  /** PEM, or that in base64; absent when a key signed. */
  cert: z.string().optional(),
  rekorBundle: z
    .object({
      SignedEntryTimestamp: z.string(),
      Payload: z.object({ body: z.string(), integratedTime: z.int(), logIndex: z.int(), logID: z.string() }),
    })
    .optional(),
});
const bodySchema = z.object({ kind: z.string(), apiVersion: z.string() });

/** The JSON of a sigstore bundle (v0.1) that says what a bundle of cosign 1 and 2 says. Throws when it is none. */
export function bundleOfCosign(json: unknown, artifact: Uint8Array | null): unknown {
  const { base64Signature, cert, rekorBundle } = cosignSchema.parse(json);
  return {
    mediaType: BUNDLE_V01_MEDIA_TYPE,
    verificationMaterial: {
      ...(cert === undefined || cert === ''
        ? { publicKey: { hint: '' } }
        : { x509CertificateChain: { certificates: [{ rawBytes: derOf(cert) }] } }),
      tlogEntries: rekorBundle === undefined ? [] : [entryOf(rekorBundle)],
    },
    messageSignature: {
      messageDigest: {
        algorithm: 'SHA2_256',
        digest: createHash('sha256')
          .update(artifact ?? '')
          .digest('base64'),
      },
      signature: base64Signature,
    },
  };
}

function entryOf({
  SignedEntryTimestamp,
  Payload,
}: NonNullable<z.infer<typeof cosignSchema>['rekorBundle']>) {
  const { kind, apiVersion } = bodySchema.parse(
    JSON.parse(Buffer.from(Payload.body, 'base64').toString('utf8')),
  );
  return {
    logIndex: String(Payload.logIndex),
    logId: { keyId: Buffer.from(Payload.logID, 'hex').toString('base64') },
    kindVersion: { kind, version: apiVersion },
    integratedTime: String(Payload.integratedTime),
    inclusionPromise: { signedEntryTimestamp: SignedEntryTimestamp },
    canonicalizedBody: Payload.body,
  };
}

function derOf(cert: string): string {
  const pem = cert.includes('-----BEGIN') ? cert : Buffer.from(cert, 'base64').toString('utf8');
  return pem.replace(/-----[A-Z ]+-----|\s/g, '');
}
