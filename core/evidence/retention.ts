import { ConflictError, VerificationError } from '../errors.ts';

/** How long evidence is kept at least, ms: a year is what auditors ask for, and a month to ask for it. */
export const defaultRetention = 400 * 86_400_000;

/** How long content is kept. `retainUntil` in ms since the epoch. */
export interface Keeping {
  readonly retainUntil: number;
  readonly held: boolean;
}

/** The error for a removal that is not allowed yet; null when it is. */
export function removalRefused(
  sha256: string,
  { retainUntil, held }: Keeping,
  now: number,
): ConflictError | null {
  if (!held && retainUntil <= now) return null;
  const why = held ? 'it is under a legal hold' : `until ${new Date(retainUntil).toISOString()}`;
  return new ConflictError(
    'RETAINED',
    `Evidence ${sha256} is kept: ${why}`,
    'Wait until its time has come; a legal hold is lifted with `release-conductor evidence release`.',
  );
}

export function contentLost(sha256: string): VerificationError {
  return new VerificationError(
    'CONTENT_LOST',
    `There is no evidence ${sha256} in the store`,
    'Restore the store from a backup, and find out who removed it.',
  );
}
