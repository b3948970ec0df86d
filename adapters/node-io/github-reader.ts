import type { z } from 'zod';

/** GitHub as a job or a shell may read it, with the token that it was given. */
export interface GithubReader {
  readonly apiUrl: string;
  readonly token: string;
  readonly fetch: typeof fetch;
}

/** Reads the API that the job or the shell names (`GITHUB_API_URL`). */
export function githubReader(
  token: string,
  env: Readonly<Record<string, string | undefined>>,
  inner: typeof fetch,
): GithubReader {
  const apiUrl = (env.GITHUB_API_URL || 'https://api.github.com').replace(/\/$/, '');
  return { apiUrl, token, fetch: inner };
}

/** Why an answer cannot be used; its message goes into a finding. */
export class Unread extends Error {
  /** HTTP status; null when there was no answer, or one that was not understood. */
  readonly status: number | null;
  constructor(message: string, status: number | null = null) {
    super(message);
    this.status = status;
  }
}

/** Reads what fits on one page. @throws Unread */
export async function readGithub<Value>(
  github: GithubReader,
  path: string,
  schema: z.ZodType<Value>,
): Promise<Value> {
  return (await readGithubPage(github, path, schema)).value;
}

export interface GithubPage<Value> {
  readonly value: Value;
  readonly next: string | null;
}

/**
 * Reads one page. `next` is the path of the one after it, from the `Link` header, when it is of the same API.
 *
 * @throws Unread
 */
export async function readGithubPage<Value>(
  { apiUrl, token, fetch: ask }: GithubReader,
  path: string,
  schema: z.ZodType<Value>,
): Promise<GithubPage<Value>> {
  const headers = {
    accept: 'application/vnd.github+json',
    'x-github-api-version': '2022-11-28',
    'user-agent': 'release-conductor',
    ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
  };
  const answer = await ask(`${apiUrl}${path}`, { headers, signal: AbortSignal.timeout(15_000) }).catch(() => {
    throw new Unread(`${apiUrl} did not answer`);
  });
  const asked = path.split('?')[0];
  if (!answer.ok) throw new Unread(`GitHub answered ${answer.status} to ${asked}`, answer.status);
  const parsed = schema.safeParse(await answer.json().catch(() => null));
  if (!parsed.success) throw new Unread(`GitHub's answer to ${asked} was not understood`);
  return { value: parsed.data, next: nextOf(answer.headers.get('link'), apiUrl) };
}

function nextOf(link: string | null, apiUrl: string): string | null {
  const address = /<([^>]+)>;\s*rel="next"/.exec(link ?? '')?.[1] ?? '';
  return address.startsWith(`${apiUrl}/`) ? address.slice(apiUrl.length) : null;
}
