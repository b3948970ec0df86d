import { ConductorError, ConflictError, PermissionError, ProviderError } from '../../core/errors.ts';

interface RequestFailure {
  readonly status?: number;
  readonly message?: string;
  readonly response?: {
    readonly headers?: Record<string, string | number | undefined>;
    readonly data?: { readonly message?: unknown; readonly errors?: unknown };
  };
}

/**
 * Octokit's error in the words of who has to act. GitHub's own message is kept, the request and its headers
 * are not: they carry the token.
 */
export function translateError(error: unknown, route: string, now: number): ConductorError {
  if (error instanceof ConductorError) return error;
  const failure = error as RequestFailure;
  const status = failure.status ?? 0;
  const said = `${route} was answered with ${status || 'no answer'}: ${describe(failure)}`;
  const cause = { status, answered: failure.response !== undefined };
  if (isRateLimit(failure)) {
    return new ProviderError(
      'GITHUB_RATE_LIMIT',
      said,
      'Nothing to do: the Conductor waits as long as GitHub asks.',
      {
        retryable: true,
        retryAt: retryAt(failure, now),
        cause,
      },
    );
  }
  if (status === 0 || status >= 500) {
    return new ProviderError('GITHUB_UNAVAILABLE', said, 'Nothing to do: the Conductor tries again.', {
      retryable: true,
      cause,
    });
  }
  switch (status) {
    case 401:
    case 403:
      return new PermissionError(
        'GITHUB_FORBIDDEN',
        said,
        "Give the App the permissions in app.yml, and approve them in the installation's settings.",
        { cause },
      );
    case 404:
    case 409:
    case 410:
      return new ConflictError(
        status === 409 ? 'GITHUB_CONFLICT' : 'GITHUB_NOT_FOUND',
        said,
        'It may have been deleted or moved meanwhile, or the App may not see it.',
        { cause },
      );
    default:
      return new ProviderError('GITHUB_REFUSED', said, 'GitHub will not take this request as it is.', {
        retryable: false,
        cause,
      });
  }
}

/** GitHub says so of what was deleted, and of what the App may not see. */
export function isNotFound(error: unknown): boolean {
  return error instanceof ConflictError && error.code === 'GITHUB_NOT_FOUND';
}

/** Primary limit: 403 or 429 with nothing remaining. Secondary: `retry-after`, or only the words. */
function isRateLimit(failure: RequestFailure): boolean {
  if (failure.status === 429) return true;
  if (failure.status !== 403) return false;
  const headers = failure.response?.headers ?? {};
  return (
    headers['retry-after'] !== undefined ||
    Number(headers['x-ratelimit-remaining'] ?? 1) === 0 ||
    /secondary rate limit|abuse detection/i.test(describe(failure))
  );
}

/** GitHub: wait `retry-after` seconds, else until `x-ratelimit-reset` (s since the epoch), else a minute. */
function retryAt(failure: RequestFailure, now: number): number {
  const headers = failure.response?.headers ?? {};
  const after = Number(headers['retry-after']);
  if (Number.isFinite(after) && headers['retry-after'] !== undefined) return now + after * 1_000;
  const reset = Number(headers['x-ratelimit-reset']) * 1_000;
  return Number(headers['x-ratelimit-remaining'] ?? 1) === 0 && reset > now ? reset : now + 60_000;
}

function describe(failure: RequestFailure): string {
  const message = failure.response?.data?.message ?? failure.message ?? 'unknown failure';
  const details = failure.response?.data?.errors;
  const suffix = details === undefined ? '' : ` ${JSON.stringify(details)}`;
  return `${String(message)}${suffix}`.slice(0, 500);
}
