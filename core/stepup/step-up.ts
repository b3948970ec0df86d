/** The person who commands has confirmed with a passkey. */
export interface StepUp {
  readonly login: string;
  /** ms since the epoch. */
  readonly at: number;
  /** Digest of the passkey's id. */
  readonly credential: string;
}
