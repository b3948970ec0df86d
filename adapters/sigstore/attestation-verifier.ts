import { createHash, type KeyObject, verify } from 'node:crypto';
import type { Bundle } from '@sigstore/bundle';
import { X509Certificate } from '@sigstore/core';
import type { TrustedRoot } from '@sigstore/protobuf-specs';
import {
  type SignedEntity,
  type TrustMaterial,
  toSignedEntity,
  toTrustMaterial,
  Verifier,
} from '@sigstore/verify';
import type {
  OpenSignatureVerifier,
  Signatory,
  SignatureCheck,
  SignatureVerifier,
  TrustAnchors,
} from '../../core/ports/attestations.ts';
import { claimsOf, identityOf, issuerOf } from './certificate-claims.ts';
import { logNamesSigner } from './log-signer.ts';
import publicGood from './public-good-root.json' with { type: 'json' };
import { type NamedKey, parsePublicKey } from './public-key.ts';
import { attempt, type Refused, refused } from './refusal.ts';
import { hashes, toBundle } from './signed-bundle.ts';
import { invalid, parseTrustedRoots } from './trusted-root.ts';

/** Signature verification by the sigstore libraries, offline, against the anchors alone (port `attestations`). */
export const openAttestationVerifier: OpenSignatureVerifier = async (anchors) =>
  verifyAgainst({
    ...anchors,
    roots: [
      ...anchors.roots.flatMap(parseTrustedRoots),
      ...(anchors.publicGood === true ? publicGoodRoots() : []),
    ],
  });

/** Carried along, so that nothing is fetched: `scripts/update-sigstore-root.ts` renews it. */
function publicGoodRoots(): readonly TrustedRoot[] {
  return parseTrustedRoots(JSON.stringify(publicGood));
}

/** The same with roots that were parsed before. */
export function verifyAgainst(
  anchors: Omit<TrustAnchors, 'roots'> & { readonly roots: readonly TrustedRoot[] },
): SignatureVerifier {
  const { roots } = anchors;
  const materials = (roots.length > 0 ? roots : [noRoot]).map(materialOf);
  const keys = anchors.keys.map(parsePublicKey);
  return {
    verify(document, artifact) {
      const bundle = toBundle(document, artifact);
      if (typeof bundle === 'string') return refused('format', bundle);
      const unfit = detachedProblem(bundle, artifact) ?? unlogged(bundle, anchors);
      if (unfit !== null) return unfit;
      const attempts = materials.map((material) => () => {
        return bundle.verificationMaterial.content.$case === 'publicKey'
          ? byKey(bundle, artifact, material, keys, anchors)
          : byCertificate(bundle, artifact, material, anchors);
      });
      return firstAccepted(attempts);
    },
  };
}

/** A digest inside the bundle is a hint that nothing vouches for: it is compared with the artifact's own. */
function detachedProblem({ content }: Bundle, artifact: Uint8Array | null): Refused | null {
  if (content.$case !== 'messageSignature') return null;
  if (artifact === null) {
    return refused(
      'artifact-needed',
      'it signs the artifact itself, and only a digest of that is known here',
    );
  }
  const { algorithm, digest } = content.messageSignature.messageDigest;
  const own = createHash(hashes.get(algorithm) ?? 'sha256')
    .update(artifact)
    .digest();
  return own.equals(digest) ? null : refused('signature', 'it was made for another artifact');
}

/** Asked first: without an entry the library would only miss the signing time that the entry proves. */
function unlogged(
  { verificationMaterial }: Bundle,
  { witnesses }: Pick<TrustAnchors, 'witnesses'>,
): Refused | null {
  const found = verificationMaterial.tlogEntries.length;
  return found >= witnesses.log
    ? null
    : refused('log-missing', `expected ${witnesses.log} transparency log entries, found ${found}`);
}

function byCertificate(
  bundle: Bundle,
  artifact: Uint8Array | null,
  material: TrustMaterial,
  { witnesses }: Pick<TrustAnchors, 'witnesses'>,
): SignatureCheck {
  return attempt(() => {
    const certificate = leafOf(bundle);
    const { key } = new Verifier(material, {
      ctlogThreshold: witnesses.sct,
      tlogThreshold: witnesses.log,
      timestampThreshold: Math.max(1, witnesses.timestamp),
    }).verify(entityOf(bundle, artifact));
    if (!logNamesSigner(bundle, key)) return otherSigner;
    const issuer = issuerOf(certificate);
    const identity = identityOf(certificate);
    if (issuer === null || identity === null) {
      return refused('certificate', 'its certificate does not say, or not clearly, who signed');
    }
    return accepted(bundle, { kind: 'certificate', issuer, identity, claims: claimsOf(certificate) });
  });
}

/** The hint in a bundle is not signed, so every trusted key is tried. */
function byKey(
  bundle: Bundle,
  artifact: Uint8Array | null,
  material: TrustMaterial,
  keys: readonly NamedKey[],
  { witnesses }: Pick<TrustAnchors, 'witnesses'>,
): SignatureCheck {
  if (keys.length === 0) return refused('key', 'it was made with a key, and no key is trusted here');
  const tried = keys.map(({ name, fingerprint, key }) => () => {
    return attempt(() => {
      const only: TrustMaterial = {
        ...material,
        publicKey: () => ({ publicKey: key, validFor: () => true }),
      };
      const thresholds = { ctlogThreshold: 0, tlogThreshold: witnesses.log, timestampThreshold: 0 };
      new Verifier(only, thresholds).verify(entityOf(bundle, artifact));
      if (!logNamesSigner(bundle, key)) return otherSigner;
      return accepted(bundle, { kind: 'key', name, fingerprint });
    });
  });
  const outcome = firstAccepted(tried);
  return !outcome.ok && outcome.step === 'signature'
    ? refused('key', `it is not by ${keys.map(({ name }) => name).join(', ')}, or what it covers was changed`)
    : outcome;
}

/** The first that holds, else the refusal of the first that came further than "not by this key". */
function firstAccepted(attempts: readonly (() => SignatureCheck)[]): SignatureCheck {
  const refusals: Refused[] = [];
  for (const run of attempts) {
    const outcome = run();
    if (outcome.ok) return outcome;
    refusals.push(outcome);
  }
  return (
    refusals.find(({ step }) => step !== 'signature' && step !== 'key') ??
    refusals[0] ??
    refused('certificate', 'there is nothing to verify it against')
  );
}

/** Ed25519 signs the message itself; the library asks for a digest first, as for the other kinds. */
function entityOf(bundle: Bundle, artifact: Uint8Array | null): SignedEntity {
  const entity = toSignedEntity(bundle, artifact === null ? undefined : Buffer.from(artifact));
  const { signature } = entity;
  const verifySignature = (key: KeyObject): boolean =>
    key.asymmetricKeyType === 'ed25519' && bundle.content.$case === 'messageSignature' && artifact !== null
      ? verify(null, artifact, key, signature.signature)
      : signature.verifySignature(key);
  return {
    ...entity,
    signature: {
      signature: signature.signature,
      compareSignature: (other) => signature.compareSignature(other),
      compareDigest: (digest) => signature.compareDigest(digest),
      compareSignedDigest: (digest) => signature.compareSignedDigest(digest),
      verifySignature,
    },
  };
}

function accepted({ content, verificationMaterial }: Bundle, signatory: Signatory): SignatureCheck {
  const logEntries = verificationMaterial.tlogEntries.length;
  if (content.$case === 'messageSignature') {
    return { ok: true, signatory, covers: { kind: 'artifact' }, logEntries };
  }
  const { payload, payloadType } = content.dsseEnvelope;
  return { ok: true, signatory, covers: { kind: 'payload', type: payloadType, bytes: payload }, logEntries };
}

const otherSigner = refused('log-entry', 'its log entry names another signer');

function leafOf({ verificationMaterial: { content } }: Bundle): X509Certificate {
  if (content.$case === 'certificate')
    return X509Certificate.parse(Buffer.from(content.certificate.rawBytes));
  if (content.$case !== 'x509CertificateChain') throw new TypeError('no certificate');
  const [leaf] = content.x509CertificateChain.certificates;
  return X509Certificate.parse(Buffer.from(leaf?.rawBytes ?? []));
}

const noRoot: TrustedRoot = {
  mediaType: '',
  certificateAuthorities: [],
  timestampAuthorities: [],
  tlogs: [],
  ctlogs: [],
};

function materialOf(root: TrustedRoot): TrustMaterial {
  try {
    return toTrustMaterial(root);
  } catch {
    throw invalid('one of its keys or certificates cannot be read');
  }
}
