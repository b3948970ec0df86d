import { createPublicKey } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { BUNDLE_V03_MEDIA_TYPE, type Bundle, bundleFromJSON, bundleToJSON } from '@sigstore/bundle';
import type { TrustedRoot } from '@sigstore/protobuf-specs';
import {
  VerificationError as SigstoreError,
  toSignedEntity,
  toTrustMaterial,
  Verifier,
} from '@sigstore/verify';
import { VerificationError } from '../../core/errors.ts';
import type { BundleVerifier, SignatureTrust, TrustedKey, VerifiedPayload } from '../../core/ports/signer.ts';
import { verifyCertified } from './certified-bundle.ts';
import { logNamesSigner } from './log-signer.ts';
import { parseTrustedRoots } from './trusted-root.ts';

const maxBundleBytes = 4 * 1_024 * 1_024;

/** Trust in keys alone: neither certificates nor witnesses can be verified. */
export const verifyBundle: BundleVerifier = openBundleVerifier({ roots: [], identities: [] });

/**
 * Verifies sigstore bundles with a DSSE envelope (`BundleVerifier` of the signer port), made with a trusted key, or with
 * a certificate for one of the identities. Only what is verified may be in a bundle: members that the format does not
 * know, or that nothing vouches for, are refused rather than ignored.
 *
 * @throws ConfigError `TRUSTED_ROOT_INVALID`
 */
export function openBundleVerifier(trust: SignatureTrust): BundleVerifier {
  const roots = trust.roots.flatMap(parseTrustedRoots);
  return (bytes, trusted) => {
    const bundle = parseBundle(bytes);
    checkEnvelope(bundle);
    return bundle.verificationMaterial.content.$case === 'publicKey'
      ? verifyKeyed(bundle, trusted, roots)
      : verifyCertified(bundle, roots, trust.identities);
  };
}

function verifyKeyed(
  bundle: Bundle,
  trusted: readonly TrustedKey[],
  roots: readonly TrustedRoot[],
): VerifiedPayload {
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
  checkWitnesses(bundle, key, roots);
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
  if (isDeepStrictEqual(JSON.parse(JSON.stringify(bundleToJSON(bundle))), json)) return bundle;
  throw failed(
    'TAMPERED',
    'the bundle holds members that are not part of it',
    'fetch the bundle again from the release',
  );
}

function checkEnvelope({ content, mediaType }: Bundle): void {
  if (content.$case !== 'dsseEnvelope' || mediaType !== BUNDLE_V03_MEDIA_TYPE) {
    throw unsigned('the bundle holds no DSSE envelope of version 0.3');
  }
  const { signatures } = content.dsseEnvelope;
  if (signatures.length !== 1 || signatures[0]?.sig.length === 0) {
    throw unsigned(`expected one signature, found ${signatures.length}`);
  }
}

function readParts({ content, verificationMaterial }: Bundle) {
  if (content.$case !== 'dsseEnvelope' || verificationMaterial.content.$case !== 'publicKey') {
    throw unsigned('the bundle holds no DSSE envelope by a key');
  }
  const { hint } = verificationMaterial.content.publicKey;
  if (content.dsseEnvelope.signatures[0]?.keyid === hint) return { hint, envelope: content.dsseEnvelope };
  throw failed(
    'TAMPERED',
    'the bundle says things about the signature that nothing vouches for',
    'fetch the bundle again from the release',
  );
}

/** Log entries and timestamps beside the signature are verified, all of them, against one of the roots. */
function checkWitnesses(bundle: Bundle, { pem }: TrustedKey, roots: readonly TrustedRoot[]): void {
  const { tlogEntries, timestampVerificationData } = bundle.verificationMaterial;
  const thresholds = {
    ctlogThreshold: 0,
    tlogThreshold: tlogEntries.length,
    timestampThreshold: timestampVerificationData?.rfc3161Timestamps.length ?? 0,
  };
  if (thresholds.tlogThreshold + thresholds.timestampThreshold === 0) return;
  if (roots.length === 0) {
    throw failed(
      'UNVERIFIED_WITNESS',
      'the bundle holds a log entry or a timestamp, and there is no root to verify it against',
      'give the sigstore root with --trusted-root',
    );
  }
  const publicKey = createPublicKey(pem);
  const reasons = roots.map((root) => {
    const material = toTrustMaterial(root, () => ({ publicKey, validFor: () => true }));
    return refusalOf(() => new Verifier(material, thresholds).verify(toSignedEntity(bundle)));
  });
  if (reasons.includes(null) && logNamesSigner(bundle, publicKey)) return;
  throw failed(
    'TAMPERED',
    `its log entry or timestamp does not hold: ${reasons.find((reason) => reason !== null) ?? 'it names another signer'}`,
    'fetch the bundle again from the release',
  );
}

/** sigstore's own verifier, with one key and no log: thresholds of zero are what "offline, with a key" means. */
function isSignedBy(bundle: Bundle, key: TrustedKey): boolean {
  const material = toTrustMaterial(
    { mediaType: '', certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] },
    () => ({ publicKey: createPublicKey(key.pem), validFor: () => true }),
  );
  const thresholds = { ctlogThreshold: 0, tlogThreshold: 0, timestampThreshold: 0 };
  const bare = {
    ...bundle,
    verificationMaterial: {
      ...bundle.verificationMaterial,
      tlogEntries: [],
      timestampVerificationData: undefined,
    },
  } as Bundle;
  return refusalOf(() => new Verifier(material, thresholds).verify(toSignedEntity(bare))) === null;
}

/** Null: it holds. */
function refusalOf(verify: () => unknown): string | null {
  try {
    verify();
    return null;
  } catch (error) {
    // Whatever a crafted bundle makes a library throw is a refusal.
    return error instanceof SigstoreError ? error.message.slice(0, 200) : 'its parts cannot be read';
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
