import { ConductorError, ProviderError } from '../../core/errors.ts';
import { type OctokitRequest, type RequestClock, systemClock } from './client.ts';
import { translateError } from './errors.ts';

/** Waits up to this are waited for in place, ms: whoever asks for a fact in order to decide gets the fact. */
const longestWait = 5_000;

/**
 * Requests of one installation that respect what GitHub asked one of them: after a rate limit none is sent before
 * the time that was named. GitHub counts requests against a limit that is over, and may suspend whoever insists.
 *
 * A request that would have to wait for long fails with the same `ProviderError` as the one that was limited.
 */
export function patientRequests(octokit: OctokitRequest, clock: RequestClock = systemClock): OctokitRequest {
  let pausedUntil = 0;
  return {
    request: async (route, parameters) => {
      for (let left = pausedUntil - clock.now(); left > 0; left = pausedUntil - clock.now()) {
        if (left > longestWait) throw paused(pausedUntil);
        await clock.wait(left);
      }
      try {
        return await octokit.request(route, parameters);
      } catch (error) {
        if (!(error instanceof ConductorError)) {
          const translated = translateError(error, route, clock.now());
          const retryAt = translated instanceof ProviderError ? translated.retryAt : undefined;
          pausedUntil = Math.max(pausedUntil, retryAt ?? 0);
        }
        throw error;
      }
    },
  };
}

function paused(until: number): ProviderError {
  return new ProviderError(
    'GITHUB_RATE_LIMIT',
    `GitHub asked for no requests before ${new Date(until).toISOString()}`,
    'Nothing to do: the Conductor waits as long as GitHub asks.',
    { retryable: true, retryAt: until },
  );
}
