/** A credential: where it lies and what it is, never the text itself. */
export interface CredentialHit {
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  readonly kind: string;
  readonly rule: string;
}
