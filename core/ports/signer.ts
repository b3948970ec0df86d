/** Signs evidence. The key itself is never readable through this port. */
export interface Signer {
  /** A sigstore bundle (JSON, media type `application/vnd.dev.sigstore.bundle.v0.3+json`) with a DSSE envelope over `payload`. */
  attest(payload: Uint8Array, payloadType: string): Promise<Uint8Array>;
  /** PEM (SPKI) and hint under which verifiers know the key. */
  publicKey(): Promise<{ readonly pem: string; readonly hint: string }>;
}
