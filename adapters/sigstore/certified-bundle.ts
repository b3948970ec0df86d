import { X509Certificate } from 'node:crypto';
import { type Bundle, bundleToJSON } from '@sigstore/bundle';
import type { TrustedRoot } from '@sigstore/protobuf-specs';
import { VerificationError } from '../../core/errors.ts';
import { keyHint } from '../../core/evidence/keys.ts';
import type { SignerIdentity, VerifiedPayload } from '../../core/ports/signer.ts';
import { verifyAgainst } from './attestation-verifier.ts';

/**
 * Verifies a bundle that was signed with a certificate of Fulcio: the chain at the proven time, the logs that the root
 * knows, and that the identity is one of those that may sign, character by character.
 *
 * @throws VerificationError `UNKNOWN_KEY`, `WRONG_SIGNER`, `TAMPERED`
 */
export function verifyCertified(
  bundle: Bundle,
  roots: readonly TrustedRoot[],
  identities: readonly SignerIdentity[],
): VerifiedPayload {
  if (roots.length === 0 || identities.length === 0) {
    throw failed(
      'UNKNOWN_KEY',
      'the bundle was signed with a certificate, and no identity is trusted here',
      'give --trusted-root and --identity if you trust whoever signed, else --key with a bundle by that key',
    );
  }
  const document = { kind: 'bundle', json: bundleToJSON(bundle) } as const;
  const checks = roots.map((root) => {
    const witnesses = {
      log: Math.min(1, root.tlogs.length),
      sct: Math.min(1, root.ctlogs.length),
      timestamp: 1,
    };
    return verifyAgainst({ roots: [root], keys: [], witnesses }).verify(document, null);
  });
  const [first] = checks;
  const good = checks.find((check) => check.ok);
  if (!good?.ok || good.signatory.kind !== 'certificate' || good.covers.kind !== 'payload') {
    const reason = first === undefined || first.ok ? 'it covers no statement' : first.reason;
    throw failed(
      'TAMPERED',
      `the certificate or what it vouches for does not hold: ${reason}`,
      'fetch the bundle again',
    );
  }
  const { issuer, identity } = good.signatory;
  if (!identities.some((trusted) => trusted.issuer === issuer && trusted.identity === identity)) {
    throw failed(
      'WRONG_SIGNER',
      `it was signed by ${identity}, as ${issuer} says; trusted are ${identities.map((one) => one.identity).join(', ')}`,
      'use only evidence that somebody signed whom you trust',
    );
  }
  const { type, bytes } = good.covers;
  return { payload: bytes, payloadType: type, key: keyOf(bundle), identity: { issuer, identity } };
}

/** The key of one use that the certificate is for. */
function keyOf({ verificationMaterial: { content } }: Bundle): VerifiedPayload['key'] {
  const bytes = content.$case === 'certificate' ? content.certificate.rawBytes : Buffer.alloc(0);
  const { publicKey } = new X509Certificate(bytes);
  return { hint: keyHint(publicKey), pem: publicKey.export({ type: 'spki', format: 'pem' }).toString() };
}

function failed(code: string, message: string, help: string): VerificationError {
  return new VerificationError(code, message, help);
}
