import type { OpenSignatureVerifier } from '../../core/ports/attestations.ts';

/** Loads the sigstore libraries when something is to be verified: a gate without provenance does not pay for them. */
export const openSignatures: OpenSignatureVerifier = async (anchors) => {
  const { openAttestationVerifier } = await import('./attestation-verifier.ts');
  return openAttestationVerifier(anchors);
};
