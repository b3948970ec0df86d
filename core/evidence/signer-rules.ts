import type { TrustedKey } from '../ports/signer.ts';
import { type Problem, problem } from './verification.ts';

/**
 * What keeps a trusted key from vouching for this repository at this moment. A replaced key counts for what was
 * decided before; a revoked one for nothing, because whoever has it can write any date.
 *
 * @param at when it was signed by its own words, ms since the epoch.
 */
export function signerProblem(
  place: string,
  key: TrustedKey,
  repository: string,
  at: number,
): Problem | null {
  if (key.revokedAt !== undefined) {
    const when = new Date(key.revokedAt).toISOString();
    return problem('REVOKED_KEY', place, `key ${key.hint} was revoked at ${when}`);
  }
  if (key.notAfter !== undefined && at > key.notAfter) {
    const when = new Date(key.notAfter).toISOString();
    return problem('WRONG_SIGNER', place, `key ${key.hint} was replaced at ${when}, this was signed later`);
  }
  if (key.repositories?.includes(repository) ?? true) return null;
  return problem(
    'WRONG_SIGNER',
    place,
    `key ${key.hint} is trusted for ${key.repositories?.join(', ')}, not for ${repository}`,
  );
}
