/** What signatures are verified against. Texts, so that whoever reads the files says where they came from. */
export interface TrustAnchors {
  /** Sigstore trusted roots: the text of `trusted_root.json`, or JSON lines of several. */
  readonly roots: readonly string[];
  /** Trust the root of the public sigstore too, as this version carries it. */
  readonly publicGood?: boolean;
  /** Public keys that may sign, as PEM (SPKI): ECDSA, Ed25519 or RSA. */
  readonly keys: readonly { readonly name: string; readonly pem: string }[];
  /** How often the signing must have been witnessed. Zero is for private deployments that lack that witness. */
  readonly witnesses: {
    /** Entries in a transparency log. */
    readonly log: number;
    /** Signed certificate timestamps (of certificates only). */
    readonly sct: number;
    /** Proven signing times (of certificates only, where at least one is always needed). */
    readonly timestamp: number;
  };
}

/** Something signed, as it was found: not yet believed. */
export type SignedDocument =
  /** A sigstore bundle, any version. */
  | { readonly kind: 'bundle'; readonly json: unknown }
  /** A DSSE envelope without a bundle around it. */
  | { readonly kind: 'envelope'; readonly json: unknown }
  /** What `cosign sign-blob --bundle` wrote before it wrote sigstore bundles. */
  | { readonly kind: 'cosign'; readonly json: unknown }
  /** Signature bytes over an artifact, as `cosign sign-blob` writes them. */
  | { readonly kind: 'raw'; readonly signature: Uint8Array };

/** What a Fulcio certificate says of the run it was issued to (extensions 1.3.6.1.4.1.57264.1.*). */
export interface CertificateClaims {
  /** Address of the workflow that ran as the top of the run, with its ref. */
  readonly workflow?: string;
  /** `github-hosted` or `self-hosted`. */
  readonly runner?: string;
  readonly repository?: string;
  readonly ref?: string;
  readonly commit?: string;
  /** Address of the run. */
  readonly run?: string;
}

/** Who signed: proven by a certificate that chains to a trusted root, or by a trusted key. */
export type Signatory =
  | {
      readonly kind: 'certificate';
      readonly issuer: string;
      readonly identity: string;
      readonly claims: CertificateClaims;
    }
  | { readonly kind: 'key'; readonly name: string; readonly fingerprint: string };

/** The step of verification that refused. */
export type RefusedStep =
  | 'format'
  | 'key'
  | 'certificate'
  | 'signing-time'
  | 'log-missing'
  | 'log-entry'
  | 'signature'
  | 'artifact-needed';

export type SignatureCheck =
  | { readonly ok: false; readonly step: RefusedStep; readonly reason: string }
  | {
      readonly ok: true;
      readonly signatory: Signatory;
      /** What the signature covers: a payload of its own, or the artifact that was given. */
      readonly covers:
        | { readonly kind: 'payload'; readonly type: string; readonly bytes: Uint8Array }
        | { readonly kind: 'artifact' };
      /** Number of transparency log entries that were verified. */
      readonly logEntries: number;
    };

/**
 * Verifies signatures offline: signature, certificate chain at the proven signing time, transparency. It says who
 * signed; whether they may is the caller's question. Never throws for a bad document.
 */
export interface SignatureVerifier {
  /** `artifact`: the bytes that a detached signature is about; null when only a digest is known. */
  verify(document: SignedDocument, artifact: Uint8Array | null): SignatureCheck;
}

/** What a host keeps about an artifact: documents that are not yet believed, or why it did not tell. */
export type PublishedAttestations =
  | { readonly state: 'read'; readonly documents: readonly unknown[] }
  /** `reason` ends a sentence that begins with "not read:". */
  | { readonly state: 'unread'; readonly reason: string };

/**
 * Reads the attestations that a repository's host keeps of an artifact, by its digest (`sha256:…`). None are an empty
 * list. Never throws for what the host answers.
 */
export type ReadPublishedAttestations = (
  repository: string,
  digest: string,
) => Promise<PublishedAttestations>;

/** Throws `ConfigError` `TRUSTED_ROOT_INVALID` or `PUBLIC_KEY_INVALID` when an anchor cannot be used. */
export type OpenSignatureVerifier = (anchors: TrustAnchors) => Promise<SignatureVerifier>;
