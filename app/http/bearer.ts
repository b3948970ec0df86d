import { RequestProblem } from './problem.ts';

/** The token of an `Authorization: Bearer …` header. */
export function bearerToken(header: string | null | undefined): string | undefined {
  return /^Bearer (\S+)$/i.exec(header ?? '')?.[1];
}

/**
 * The same, of a job.
 *
 * @throws RequestProblem `TOKEN_MISSING`
 */
export function jobToken(header: string | null | undefined): string {
  const token = bearerToken(header);
  if (token !== undefined) return token;
  throw new RequestProblem({
    status: 401,
    code: 'TOKEN_MISSING',
    message: 'There is no bearer token in the Authorization header',
    help: 'Ask from a job of GitHub Actions with `permissions: id-token: write`.',
  });
}
