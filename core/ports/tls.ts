/** What a server showed in its TLS handshake. Times are ms since the epoch. */
export interface TlsFacts {
  /** Why a client must not trust it (`CERT_HAS_EXPIRED`, `ERR_TLS_CERT_ALTNAME_INVALID`, …); null: it may. */
  readonly problem: string | null;
  /** `TLSv1.3` */
  readonly protocol: string | null;
  readonly subject: string;
  readonly issuer: string;
  /** Subject alternative names, as in the certificate. */
  readonly names: string;
  readonly validFrom: number;
  /** Of the certificate, or of one above it that ends sooner. */
  readonly validTo: number;
  readonly sha256: string;
}

/** Shakes hands with a host that the config allows. Null: no connection. */
export type InspectTls = (url: URL, timeoutMs: number) => Promise<TlsFacts | null>;
