import { createHash } from 'node:crypto';
import { BUNDLE_V01_MEDIA_TYPE } from '@sigstore/bundle';

type Json = Readonly<Record<string, unknown>>;

/** The JSON of a sigstore bundle (v0.1) that says what a bundle of cosign 1 and 2 says. Throws when it is none. */
export function bundleOfCosign(json: unknown, artifact: Uint8Array | null): unknown {
  const { base64Signature, cert, rekorBundle } = json as Json;
  const digest = createHash('sha256')
    .update(artifact ?? '')
    .digest('base64');
  return {
    mediaType: BUNDLE_V01_MEDIA_TYPE,
    verificationMaterial: {
      ...(cert === undefined || cert === ''
        ? { publicKey: { hint: '' } }
        : { x509CertificateChain: { certificates: [{ rawBytes: derOf(text(cert)) }] } }),
      tlogEntries: rekorBundle === undefined ? [] : [entryOf(rekorBundle as Json)],
    },
    messageSignature: {
      messageDigest: { algorithm: 'SHA2_256', digest },
      signature: text(base64Signature),
    },
  };
}

/** Rekor's answer was kept as it came: the entry, and the log's promise to include it. */
function entryOf({ SignedEntryTimestamp, Payload }: Json) {
  const { body, integratedTime, logIndex, logID } = Payload as Json;
  const { kind, apiVersion } = JSON.parse(Buffer.from(text(body), 'base64').toString('utf8')) as Json;
  return {
    logIndex: String(logIndex),
    logId: { keyId: Buffer.from(text(logID), 'hex').toString('base64') },
    kindVersion: { kind: text(kind), version: text(apiVersion) },
    integratedTime: String(integratedTime),
    inclusionPromise: { signedEntryTimestamp: text(SignedEntryTimestamp) },
    canonicalizedBody: body,
  };
}

/** PEM, or that in base64 once more. */
function derOf(cert: string): string {
  const pem = cert.includes('-----BEGIN') ? cert : Buffer.from(cert, 'base64').toString('utf8');
  return pem.replace(/-----[A-Z ]+-----|\s/g, '');
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('expected a text');
  return value;
}
