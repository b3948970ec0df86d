/** A passkey that somebody registered. */
export interface Passkey {
  /** base64url, as the browser names it. */
  readonly id: string;
  /** Number of the person on GitHub: a login may change hands. */
  readonly userId: number;
  readonly login: string;
  /** base64url of the COSE key. */
  readonly publicKey: string;
  readonly counter: number;
  readonly transports: readonly string[];
  /** ms since the epoch. */
  readonly createdAt: number;
  /** From when on it confirms anything: whoever stole a session cannot use a new key before its owner has heard of it. */
  readonly usableFrom: number;
}

export function isUsable({ usableFrom }: Passkey, now: number): boolean {
  return usableFrom <= now;
}
