import { createHash } from 'node:crypto';
import {
  BUNDLE_V01_MEDIA_TYPE,
  BUNDLE_V02_MEDIA_TYPE,
  BUNDLE_V03_LEGACY_MEDIA_TYPE,
  BUNDLE_V03_MEDIA_TYPE,
  type Bundle,
  bundleFromJSON,
} from '@sigstore/bundle';
import { Envelope, HashAlgorithm } from '@sigstore/protobuf-specs';
import type { SignedDocument } from '../../core/ports/attestations.ts';
import { bundleOfCosign } from './cosign-bundle.ts';

const known = [
  BUNDLE_V01_MEDIA_TYPE,
  BUNDLE_V02_MEDIA_TYPE,
  BUNDLE_V03_LEGACY_MEDIA_TYPE,
  BUNDLE_V03_MEDIA_TYPE,
];

/** A document as a bundle, or why it is none. Envelopes and bare signatures become bundles of an unnamed key. */
export function toBundle(document: SignedDocument, artifact: Uint8Array | null): Bundle | string {
  try {
    switch (document.kind) {
      case 'bundle':
        return knownBundle(document.json);
      case 'envelope':
        return ofEnvelope(document.json);
      case 'cosign':
        return bundleFromJSON(bundleOfCosign(document.json, artifact));
      case 'raw':
        return ofSignature(document.signature, artifact);
    }
  } catch (error) {
    return `it is not a sigstore bundle or a DSSE envelope (${words(error)})`;
  }
}

function knownBundle(json: unknown): Bundle | string {
  const bundle = bundleFromJSON(json);
  if (!known.includes(bundle.mediaType))
    return `bundles of type ${bundle.mediaType.slice(0, 80)} are not known`;
  if (bundle.content.$case === 'messageSignature') {
    const algorithm = bundle.content.messageSignature.messageDigest.algorithm;
    if (!hashes.has(algorithm)) return 'its digest is of an algorithm that is not known';
  }
  return bundle;
}

/** Names of the digests a message signature may be about. */
export const hashes: ReadonlyMap<HashAlgorithm, string> = new Map([
  [HashAlgorithm.SHA2_256, 'sha256'],
  [HashAlgorithm.SHA2_384, 'sha384'],
  [HashAlgorithm.SHA2_512, 'sha512'],
]);

function ofEnvelope(json: unknown): Bundle | string {
  const envelope = Envelope.fromJSON(json);
  if (envelope.signatures.length !== 1) return `expected one signature, found ${envelope.signatures.length}`;
  return withKey({ $case: 'dsseEnvelope', dsseEnvelope: envelope }, envelope.signatures[0]?.keyid ?? '');
}

function ofSignature(signature: Uint8Array, artifact: Uint8Array | null): Bundle {
  const digest = createHash('sha256')
    .update(artifact ?? '')
    .digest();
  const messageDigest = { algorithm: HashAlgorithm.SHA2_256, digest };
  const messageSignature = { messageDigest, signature: Buffer.from(signature) };
  return withKey({ $case: 'messageSignature', messageSignature }, '');
}

function withKey(content: Bundle['content'], hint: string): Bundle {
  return {
    mediaType: BUNDLE_V03_MEDIA_TYPE,
    content,
    verificationMaterial: {
      content: { $case: 'publicKey', publicKey: { hint } },
      tlogEntries: [],
      timestampVerificationData: undefined,
    },
  } as Bundle;
}

/** The first line of a library's message, without what it may quote. */
function words(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]?.slice(0, 120) ?? '';
}
