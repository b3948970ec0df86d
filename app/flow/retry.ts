import { ConductorError, ConflictError, ProviderError } from '../../core/errors.ts';
import type { Effect } from '../../core/flow/effect.ts';
import { outageOf } from './outage.ts';

export type RetryPlan =
  | { readonly retry: true; readonly at: number; readonly reason: string }
  | { readonly retry: false; readonly code: string; readonly reason: string };

/** The App is not where it has something to do: it waits, without asking GitHub, until it is again. */
export const outOfReachCode = 'OUT_OF_REACH';

const firstDelayMs = 500;
const defectAttempts = 5;

/** How long a provider that does not answer is asked again. */
export interface Patience {
  /** Longest wait between two attempts, ms. */
  readonly longestDelayMs: number;
  readonly attempts: number;
}

/** About three days: as long as GitHub keeps its deliveries. Nothing that was acknowledged is lost to an outage. */
const usualPatience: Patience = { longestDelayMs: 5 * 60_000, attempts: 900 };
/** Whoever waits for a rollback is being harmed: it goes out within seconds of GitHub's return. */
const urgentPatience: Patience = { longestDelayMs: 10_000, attempts: 30_000 };

export function patienceFor(effect: Effect): Patience {
  return effect.kind === 'createDeployment' && effect.task === 'rollback' ? urgentPatience : usualPatience;
}

/**
 * What a failed attempt means. A provider that asks for patience gets it, one that is down is asked again ever
 * more rarely, and so are our own database and disks, and a repository that the App does not reach; what the provider
 * refused for good, and what is our own defect, ends.
 *
 * @param attempts how many attempts failed, this one included.
 */
export function planRetry(
  error: unknown,
  attempts: number,
  now: number,
  patience: Patience = usualPatience,
): RetryPlan {
  const code = codeOf(error);
  const reason = error instanceof Error ? error.message : String(error);
  if (attempts >= attemptsFor(error, patience)) return { retry: false, code, reason };
  const backoff = Math.min(firstDelayMs * 2 ** (attempts - 1), patience.longestDelayMs);
  const asked = error instanceof ProviderError ? (error.retryAt ?? 0) : 0;
  return { retry: true, at: Math.max(now + backoff, asked), reason };
}

function codeOf(error: unknown): string {
  return error instanceof ConductorError ? error.code : (outageOf(error) ?? 'INTERNAL');
}

function attemptsFor(error: unknown, patience: Patience): number {
  if (error instanceof ProviderError) return error.retryable ? patience.attempts : 1;
  if (outageOf(error) !== null || codeOf(error) === outOfReachCode) return patience.attempts;
  if (error instanceof ConflictError) return defectAttempts;
  return error instanceof ConductorError ? 1 : defectAttempts;
}
