/** Signs evidence. The key itself is never readable through this port. */
export interface Signer {
  /** A sigstore bundle (JSON, media type `application/vnd.dev.sigstore.bundle.v0.3+json`) with a DSSE envelope over `payload`. */
  attest(payload: Uint8Array, payloadType: string): Promise<Uint8Array>;
  /** PEM (SPKI) and hint under which verifiers know the key. */
  publicKey(): Promise<{ readonly pem: string; readonly hint: string }>;
}

/** A public key that a verifier accepts. */
export interface TrustedKey {
  /** SHA-256 of the key's SPKI DER, hex. */
  readonly hint: string;
  readonly pem: string;
  /** Repositories whose evidence it may sign; absent: every one. */
  readonly repositories?: readonly string[];
  /** What it signed counts up to this moment, ms since the epoch: it was replaced. Absent: it is in use. */
  readonly notAfter?: number;
  /** Nothing that it signed counts any more, whenever it was signed: somebody else may have it. ms since the epoch. */
  readonly revokedAt?: number;
}

/** What a signature turned out to cover, and whose it is. */
export interface VerifiedPayload {
  readonly payload: Uint8Array;
  readonly payloadType: string;
  readonly key: TrustedKey;
}

/**
 * Verifies a sigstore bundle offline. Throws `VerificationError`: `UNSIGNED` (no bundle, or nothing signed in
 * it), `UNKNOWN_KEY` (made with a key that is not trusted), `WRONG_SIGNER` (made with another trusted key than
 * it says), `TAMPERED` (the signature does not fit).
 */
export type BundleVerifier = (bundle: Uint8Array, trusted: readonly TrustedKey[]) => VerifiedPayload;
