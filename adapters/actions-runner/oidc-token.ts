import { z } from 'zod';
import { PermissionError, ProviderError } from '../../core/errors.ts';
import type { StepEnvironment } from './environment.ts';

const answerSchema = z.object({ value: z.string().min(1) });

/**
 * The job's OpenID Connect token for one audience
 * (docs.github.com/actions/reference/openid-connect-reference). The caller masks it before anything is printed.
 * Throws `PermissionError` (`OIDC_NOT_PERMITTED`) when the job has no `id-token: write`, as in every run of a
 * pull request from a fork, and `ProviderError` when the issuer does not answer.
 */
export async function requestOidcToken(
  env: StepEnvironment,
  audience: string,
  fetchToken: typeof fetch = fetch,
): Promise<string> {
  const address = env.ACTIONS_ID_TOKEN_REQUEST_URL;
  const bearer = env.ACTIONS_ID_TOKEN_REQUEST_TOKEN;
  if (!address || !bearer) {
    throw new PermissionError(
      'OIDC_NOT_PERMITTED',
      'The job may not ask for an OIDC token, so the Conductor cannot know that the result is genuine.',
      'Add `permissions: {id-token: write, contents: read}` to the job. Pull requests from forks never get a token: leave conductor-url empty there.',
    );
  }
  const url = new URL(address);
  url.searchParams.set('audience', audience);
  const answer = await fetchToken(url, {
    headers: { authorization: `Bearer ${bearer}`, accept: 'application/json' },
    signal: AbortSignal.timeout(10_000),
  }).catch((cause: unknown) => {
    throw notIssued('did not answer', cause);
  });
  if (!answer.ok) throw notIssued(`answered ${answer.status}`);
  const body = answerSchema.safeParse(await answer.json().catch(() => null));
  if (!body.success) throw notIssued('answered without a token');
  return body.data.value;
}

function notIssued(what: string, cause?: unknown): ProviderError {
  return new ProviderError(
    'OIDC_TOKEN_UNAVAILABLE',
    `GitHub's token service ${what}.`,
    'Run the job again; if it stays so, look at githubstatus.com.',
    { retryable: true, cause },
  );
}
