import { createPublicKey } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { BUNDLE_V03_MEDIA_TYPE, type Bundle, bundleFromJSON, bundleToJSON } from '@sigstore/bundle';
import {
  VerificationError as SigstoreError,
  toSignedEntity,
  toTrustMaterial,
  Verifier,
} from '@sigstore/verify';
import { VerificationError } from '../../core/errors.ts';
import type { TrustedKey, VerifiedPayload } from '../../core/ports/signer.ts';

const maxBundleBytes = 4 * 1_024 * 1_024;

/**
 * Verifies a sigstore bundle with a DSSE envelope, made with a key (`BundleVerifier` of the signer port). Only
 * what is verified may be in it: members that the format does not know, or that nothing vouches for, are
 * refused rather than ignored.
 */
export function verifyBundle(bytes: Uint8Array, trusted: readonly TrustedKey[]): VerifiedPayload {
  const bundle = parseBundle(bytes);
  const { hint, envelope } = readParts(bundle);
  const key = trusted.find((candidate) => candidate.hint === hint);
  if (key === undefined) {
    throw failed(
      'UNKNOWN_KEY',
      `the signature is by key ${hint}, which is not trusted`,
      'give its public key with --key if you trust it',
    );
  }
  if (!isSignedBy(bundle, key)) {
    const other = trusted.find(
      (candidate) => candidate !== key && isSignedBy(rename(bundle, candidate.hint), candidate),
    );
    throw other === undefined
      ? failed(
          'TAMPERED',
          'the signature does not fit the statement',
          'fetch the bundle again from the release',
        )
      : failed(
          'WRONG_SIGNER',
          `the signature says key ${hint} and is by key ${other.hint}`,
          'fetch the bundle again from the release',
        );
  }
  return { payload: envelope.payload, payloadType: envelope.payloadType, key };
}

function parseBundle(bytes: Uint8Array): Bundle {
  if (bytes.length === 0) throw unsigned('the bundle is empty');
  if (bytes.length > maxBundleBytes) throw unsigned('the bundle is larger than 4 MiB');
  let json: unknown;
  let bundle: Bundle;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    bundle = bundleFromJSON(json);
  } catch {
    throw unsigned('the file is not a sigstore bundle');
  }
  if (!isDeepStrictEqual(JSON.parse(JSON.stringify(bundleToJSON(bundle))), json)) {
    throw failed(
      'TAMPERED',
      'the bundle holds members that are not part of it',
      'fetch the bundle again from the release',
    );
  }
  return bundle;
}

function readParts(bundle: Bundle) {
  const { content, verificationMaterial } = bundle;
  if (content.$case !== 'dsseEnvelope' || bundle.mediaType !== BUNDLE_V03_MEDIA_TYPE) {
    throw unsigned('the bundle holds no DSSE envelope of version 0.3');
  }
  const signature = content.dsseEnvelope.signatures[0];
  if (signature === undefined || content.dsseEnvelope.signatures.length !== 1 || signature.sig.length === 0) {
    throw unsigned(`expected one signature, found ${content.dsseEnvelope.signatures.length}`);
  }
  if (verificationMaterial.content.$case !== 'publicKey') {
    throw failed(
      'UNKNOWN_KEY',
      'the bundle was signed with a certificate; only keys are trusted here',
      'sign with the key of the Conductor',
    );
  }
  const { hint } = verificationMaterial.content.publicKey;
  const unvouched =
    verificationMaterial.tlogEntries.length +
    (verificationMaterial.timestampVerificationData?.rfc3161Timestamps.length ?? 0);
  if (signature.keyid !== hint || unvouched > 0) {
    throw failed(
      'TAMPERED',
      'the bundle says things about the signature that nothing vouches for',
      'fetch the bundle again from the release',
    );
  }
  return { hint, envelope: content.dsseEnvelope };
}

/** sigstore's own verifier, with one key and no log: thresholds of zero are what "offline, with a key" means. */
function isSignedBy(bundle: Bundle, key: TrustedKey): boolean {
  const material = toTrustMaterial(
    { mediaType: '', certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] },
    () => ({ publicKey: createPublicKey(key.pem), validFor: () => true }),
  );
  try {
    new Verifier(material, { ctlogThreshold: 0, tlogThreshold: 0, timestampThreshold: 0 }).verify(
      toSignedEntity(bundle),
    );
    return true;
  } catch (error) {
    if (error instanceof SigstoreError) return false;
    throw error;
  }
}

function rename(bundle: Bundle, hint: string): Bundle {
  const content = { $case: 'publicKey', publicKey: { hint } } as const;
  return { ...bundle, verificationMaterial: { ...bundle.verificationMaterial, content } } as Bundle;
}

function unsigned(message: string): VerificationError {
  return failed('UNSIGNED', message, 'take the file evidence.zip.sigstore.json that lies beside the zip');
}

function failed(code: string, message: string, help: string): VerificationError {
  return new VerificationError(code, message, help);
}
