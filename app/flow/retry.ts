import { ConductorError, ConflictError, ProviderError } from '../../core/errors.ts';

export type RetryPlan =
  | { readonly retry: true; readonly at: number; readonly reason: string }
  | { readonly retry: false; readonly code: string; readonly reason: string };

const firstDelayMs = 500;
const longestDelayMs = 5 * 60_000;
/** With the delays above: about two hours of a provider that does not answer. */
const providerAttempts = 32;
const defectAttempts = 5;

/**
 * What a failed attempt means. A provider that asks for patience gets it, one that is down is asked again ever
 * more rarely; what the provider refused for good, and what is our own defect, ends.
 *
 * @param attempts how many attempts failed, this one included.
 */
export function planRetry(error: unknown, attempts: number, now: number): RetryPlan {
  const code = error instanceof ConductorError ? error.code : 'INTERNAL';
  const reason = error instanceof Error ? error.message : String(error);
  if (attempts >= attemptsFor(error)) return { retry: false, code, reason };
  const backoff = Math.min(firstDelayMs * 2 ** (attempts - 1), longestDelayMs);
  const asked = error instanceof ProviderError ? (error.retryAt ?? 0) : 0;
  return { retry: true, at: Math.max(now + backoff, asked), reason };
}

function attemptsFor(error: unknown): number {
  if (error instanceof ProviderError) return error.retryable ? providerAttempts : 1;
  if (error instanceof ConflictError) return defectAttempts;
  return error instanceof ConductorError ? 1 : defectAttempts;
}
