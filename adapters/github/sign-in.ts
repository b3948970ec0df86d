import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ProviderError, VerificationError } from '../../core/errors.ts';

/** The App as people sign in with it. */
export interface SignInSettings {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where people are sent: `https://github.com`. */
  readonly webUrl: string;
  readonly apiUrl: string;
  readonly fetch: typeof fetch;
}

export interface SignedIn {
  readonly login: string;
  /** GitHub's number of the person. */
  readonly userId: number;
}

/** Where GitHub asks the person; `verifier` is kept by us and proves that the answer is ours (PKCE, RFC 7636). */
export function signInUrl(
  { clientId, webUrl }: SignInSettings,
  ask: {
    readonly redirectUri: string;
    readonly state: string;
    readonly verifier: string;
    readonly login?: string;
  },
): string {
  const url = new URL('/login/oauth/authorize', webUrl);
  url.search = new URLSearchParams({
    client_id: clientId,
    redirect_uri: ask.redirectUri,
    state: ask.state,
    code_challenge: createHash('sha256').update(ask.verifier).digest('base64url'),
    code_challenge_method: 'S256',
    allow_signup: 'false',
    ...(ask.login === undefined ? {} : { login: ask.login }),
  }).toString();
  return url.toString();
}

/**
 * Who has signed in. The token that GitHub gives for it is used for this one question and then thrown away.
 *
 * @throws VerificationError `SIGN_IN_REFUSED`; ProviderError `GITHUB_UNAVAILABLE`.
 */
export async function whoSignedIn(
  settings: SignInSettings,
  answer: { readonly code: string; readonly redirectUri: string; readonly verifier: string },
): Promise<SignedIn> {
  const { clientId, clientSecret, webUrl, apiUrl } = settings;
  const token = await ask(settings, new URL('/login/oauth/access_token', webUrl), {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify({
      client_id: clientId,
      client_secret: clientSecret,
      code: answer.code,
      redirect_uri: answer.redirectUri,
      code_verifier: answer.verifier,
    }),
  });
  const given = z.object({ access_token: z.string() }).safeParse(token);
  if (!given.success) {
    const { error } = z.object({ error: z.string() }).catch({ error: 'no token' }).parse(token);
    throw new VerificationError(
      'SIGN_IN_REFUSED',
      `GitHub did not confirm the sign-in: ${error}`,
      'Sign in again.',
    );
  }
  const user = await ask(settings, new URL(`${apiUrl}/user`), {
    headers: { accept: 'application/vnd.github+json', authorization: `Bearer ${given.data.access_token}` },
  });
  const { login, id } = z.object({ login: z.string(), id: z.int() }).parse(user);
  return { login, userId: id };
}

/** Errors name no token and no code. */
async function ask({ fetch: send }: SignInSettings, url: URL, init: RequestInit): Promise<unknown> {
  const unavailable = (why: string): ProviderError =>
    new ProviderError('GITHUB_UNAVAILABLE', `${url.pathname} of GitHub ${why}`, 'Try again in a moment.', {
      retryable: true,
    });
  try {
    const response = await send(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(10_000) });
    if (!response.ok) throw unavailable(`answered ${response.status}`);
    return await response.json();
  } catch (error) {
    if (error instanceof ProviderError) throw error;
    throw unavailable('did not answer');
  }
}
