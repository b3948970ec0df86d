import { InputError, PermissionError, ProviderError } from '../core/errors.ts';
import type { CliWorld } from './command.ts';

/** The few calls to GitHub that commands make. Answers are parsed JSON; null is a 404. */
export interface GithubApi {
  get(path: string): Promise<unknown>;
  post(path: string, body: unknown): Promise<unknown>;
}

/**
 * GitHub's API with the user's token.
 *
 * @throws ProviderError `GITHUB_UNAVAILABLE` · PermissionError `GITHUB_REFUSED` (the message names what was asked)
 */
export function githubApi({ env, fetch }: CliWorld, token: string | undefined): GithubApi {
  const root = (env.GITHUB_API_URL || 'https://api.github.com').replace(/\/$/, '');
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${root}${path}`, {
      method,
      headers: {
        accept: 'application/vnd.github+json',
        'x-github-api-version': '2022-11-28',
        'user-agent': 'release-conductor',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(15_000),
    }).catch((cause: unknown) => {
      throw unavailable(root, 'did not answer', cause);
    });
    if (answer.status === 404) return null;
    if (answer.status >= 500) throw unavailable(root, `answered ${answer.status}`);
    if (!answer.ok) throw await refused(answer, `${method} ${path}`);
    return answer.json();
  };
  return { get: (path) => call('GET', path), post: (path, body) => call('POST', path, body) };
}

/** `--repo`, else GITHUB_REPOSITORY, as workflows have it. */
export function repositoryOf(given: string | null, { env }: CliWorld): string {
  const repository = given ?? env.GITHUB_REPOSITORY ?? '';
  if (/^[A-Za-z0-9-]+\/[A-Za-z0-9._-]+$/.test(repository)) return repository;
  throw new InputError(
    'NO_REPOSITORY',
    repository === ''
      ? 'expected a repository'
      : `expected owner/repo, found ${JSON.stringify(repository.slice(0, 200))}`,
    'give --repo OWNER/REPO, or set GITHUB_REPOSITORY',
  );
}

function unavailable(root: string, what: string, cause?: unknown): ProviderError {
  return new ProviderError(
    'GITHUB_UNAVAILABLE',
    `${root} ${what}`,
    'check GITHUB_API_URL and the network, then try again',
    {
      retryable: true,
      cause,
    },
  );
}

async function refused(answer: Response, what: string): Promise<PermissionError> {
  const body = (await answer.json().catch(() => ({}))) as { message?: unknown };
  const words = typeof body.message === 'string' ? `: ${body.message.slice(0, 200)}` : '';
  return new PermissionError(
    'GITHUB_REFUSED',
    `GitHub answered ${answer.status} to ${what}${words}`,
    'set GITHUB_TOKEN to a token that may do this',
  );
}
