/**
 * Until when a provider asked not to be asked, kept for everybody who uses the same account: all replicas, and whoever
 * starts again. May throw when the store does not answer.
 */
export interface Pauses {
  /** Ms since the epoch; 0: nobody asked for patience. */
  until(): Promise<number>;
  /** An earlier time never replaces a later one. */
  remember(until: number): Promise<void>;
}
