import { PermissionError, ProviderError } from '../../core/errors.ts';

/** The few calls to GitHub that commands and the doctor make. Answers are parsed JSON; null is a 404. */
export interface GithubApi {
  get(path: string): Promise<unknown>;
  /** The items of a list, page after page; null is a 404. */
  list(path: string, options?: ListOptions): Promise<unknown[] | null>;
  post(path: string, body: unknown): Promise<unknown>;
}

export interface ListOptions {
  /** The list is inside an object. */
  readonly member?: string;
  /** Whether a page is the last one that is wanted. */
  readonly enough?: (page: readonly unknown[]) => boolean;
}

/** The shell or the process as far as GitHub is concerned. */
export interface GithubShell {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch: typeof fetch;
}

const mostPages = 100;

/**
 * GitHub's API with somebody's token.
 *
 * @throws ProviderError `GITHUB_UNAVAILABLE` · PermissionError `GITHUB_REFUSED` (the message names what was asked)
 */
export function githubApi({ env, fetch }: GithubShell, token: string | undefined): GithubApi {
  const root = (env.GITHUB_API_URL || 'https://api.github.com').replace(/\/$/, '');
  const ask = async (method: string, path: string, body?: unknown): Promise<Response | null> => {
    const answer = await fetch(`${root}${path}`, {
      method,
      headers: {
        accept: 'application/vnd.github+json',
        'x-github-api-version': '2022-11-28',
        'user-agent': 'release-conductor',
        ...(token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` }),
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
    return answer;
  };
  const call = async (...asked: Parameters<typeof ask>): Promise<unknown> =>
    (await (await ask(...asked))?.json()) ?? null;
  return {
    get: (path) => call('GET', path),
    list: async (path, { member, enough = () => false } = {}) => {
      const all: unknown[] = [];
      let next: string | null = `${path}${path.includes('?') ? '&' : '?'}per_page=100`;
      for (let page = 0; next !== null && page < mostPages; page++) {
        const answer: Response | null = await ask('GET', next);
        if (answer === null) return null;
        const body = (await answer.json()) as unknown;
        const items = member === undefined ? body : (body as Record<string, unknown>)[member];
        if (!Array.isArray(items)) throw unavailable(root, `answered GET ${path} with no list`);
        all.push(...items);
        next = enough(items) ? null : nextOf(answer, root);
      }
      return all;
    },
    post: (path, body) => call('POST', path, body),
  };
}

/** Where GitHub says that the list goes on; only below the address that was asked. */
function nextOf(answer: Response, root: string): string | null {
  const link = /<([^>]+)>;\s*rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
  return link?.startsWith(`${root}/`) ? link.slice(root.length) : null;
}

function unavailable(root: string, what: string, cause?: unknown): ProviderError {
  return new ProviderError(
    'GITHUB_UNAVAILABLE',
    `${root} ${what}`,
    'check GITHUB_API_URL and the network, then try again',
    { retryable: true, cause },
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
