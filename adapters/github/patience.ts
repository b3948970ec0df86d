import { askAgain } from '../../core/ask-again.ts';
import { ConductorError, ProviderError } from '../../core/errors.ts';
import type { Pauses } from '../../core/ports/pauses.ts';
import { type OctokitRequest, type RequestClock, systemClock } from './client.ts';
import { translateError } from './errors.ts';

/** Waits up to this are waited for in place, ms: whoever asks for a fact in order to decide gets the fact. */
const longestWait = 5_000;

/** Nobody else uses the account. */
const alone: Pauses = { until: async () => 0, remember: async () => {} };

/**
 * Requests of one account (the App, or an installation) that respect what GitHub asked anybody who uses it: after a
 * rate limit none is sent before the time that was named. GitHub counts requests against a limit that is over, and may
 * suspend whoever insists. What a read did not get, because a connection broke or a gateway failed, is asked for again
 * once; a write may have arrived, and is left to the outbox.
 *
 * A request that would have to wait for long fails with the same `ProviderError` as the one that was limited. What
 * `pauses` throws is thrown: nothing is asked while nobody knows whether it may be.
 */
export function patientRequests(
  octokit: OctokitRequest,
  clock: RequestClock = systemClock,
  pauses: Pauses = alone,
): OctokitRequest {
  let heard = 0;
  const pausedUntil = async (): Promise<number> => {
    const stored = await pauses.until();
    return Math.max(heard, stored);
  };
  const send: OctokitRequest['request'] = async (route, parameters) => {
    for (let until = await pausedUntil(); until > clock.now(); until = await pausedUntil()) {
      const left = until - clock.now();
      if (left > longestWait) throw paused(until);
      await clock.wait(left);
    }
    try {
      return await octokit.request(route, parameters);
    } catch (error) {
      const retryAt = error instanceof ConductorError ? undefined : retryAtOf(error, route, clock);
      if (retryAt !== undefined && retryAt > heard) {
        heard = retryAt;
        // Whoever cannot tell the others keeps to it himself; they hear it from GitHub.
        await pauses.remember(retryAt).catch(() => {});
      }
      throw error;
    }
  };
  return {
    request: (route, parameters) => {
      if (!route.startsWith('GET ')) return send(route, parameters);
      return askAgain(
        () => send(route, parameters),
        (error) => translateError(error, route, clock.now()),
      );
    },
  };
}

function retryAtOf(error: unknown, route: string, clock: RequestClock): number | undefined {
  const translated = translateError(error, route, clock.now());
  return translated instanceof ProviderError ? translated.retryAt : undefined;
}

function paused(until: number): ProviderError {
  return new ProviderError(
    'GITHUB_RATE_LIMIT',
    `GitHub asked for no requests before ${new Date(until).toISOString()}`,
    'Nothing to do: the Conductor waits as long as GitHub asks.',
    { retryable: true, retryAt: until },
  );
}
