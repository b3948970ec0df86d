/** Signs evidence. The key itself is never readable through this port. */
export interface Signer {
  /** A sigstore bundle (JSON, media type `application/vnd.dev.sigstore.bundle.v0.3+json`) with a DSSE envelope over `payload`. */
  attest(payload: Uint8Array, payloadType: string): Promise<Uint8Array>;
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

/** Somebody whom an issuer of identities vouches for, as a certificate names them. Compared character by character. */
export interface SignerIdentity {
  /** For example `https://token.actions.githubusercontent.com`. */
  readonly issuer: string;
  /** For example `https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v1.4.0`. */
  readonly identity: string;
}

/** What is trusted beside keys: texts of sigstore's `trusted_root.json`, and who may sign with a certificate. */
export interface SignatureTrust {
  readonly roots: readonly string[];
  readonly identities: readonly SignerIdentity[];
}

/** What a signature turned out to cover, and whose it is. */
export interface VerifiedPayload {
  readonly payload: Uint8Array;
  readonly payloadType: string;
  /** The trusted key, or the key of one use of a certificate. */
  readonly key: TrustedKey;
  /** Whom the certificate names; absent when a key signed. */
  readonly identity?: SignerIdentity;
}

/**
 * Verifies a sigstore bundle offline. Throws `VerificationError`: `UNSIGNED` (no bundle, or nothing signed in
 * it), `UNKNOWN_KEY` (made with a key or certificate that is not trusted), `UNVERIFIED_WITNESS` (it holds a log entry or
 * timestamp and there is no root to verify it against), `WRONG_SIGNER` (made with another trusted key than
 * it says), `TAMPERED` (the signature does not fit).
 */
export type BundleVerifier = (bundle: Uint8Array, trusted: readonly TrustedKey[]) => VerifiedPayload;
