import { createHmac, timingSafeEqual } from 'node:crypto';
import { refused } from './refused.ts';

/** A signed request may be this old, ms: long enough for clocks that differ, short enough to be no ticket for later. */
const lifetime = 300_000;

/** Who asks for a command, and what it asks with: each token commands once. */
export interface Caller {
  readonly repository: string;
  /** Login on GitHub: the policy looks at its rights. */
  readonly actor: string;
  /** Where the request came from, for people. */
  readonly url: string;
  readonly token: { readonly jti: string; readonly expiresAt: number };
}

/** Secret of a caller, by its GitHub login; undefined: it has none. */
export type CallerSecrets = (login: string) => string | undefined;

/** The parts of a request that a signature speaks of. */
export interface SignedRequest {
  readonly path: string;
  readonly body: string;
  header(name: string): string | undefined;
}

/** `CALLER_<LOGIN>_SECRET` */
export function callerVariable(login: string): string {
  return `CALLER_${login.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_SECRET`;
}

/**
 * The signature over everything that counts: `sha256=` and the HMAC-SHA256, in hex, of timestamp, repository, path and
 * body, joined by line feeds.
 */
export function signRequest(
  secret: string,
  { timestamp, repository, path, body }: Record<'timestamp' | 'repository' | 'path' | 'body', string>,
): string {
  const text = [timestamp, repository, path, body].join('\n');
  return `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`;
}

/**
 * Who asks, where no job of GitHub Actions does: a machine account of GitHub whose secret the Conductor was given. It
 * commands with the rights that the account has in the repository.
 */
export function readSignedCaller(request: SignedRequest, secrets: CallerSecrets, now: number): Caller {
  const [login, repository, timestamp, signature] = ['caller', 'repository', 'timestamp', 'signature'].map(
    (name) => request.header(`x-conductor-${name}`) ?? '',
  ) as [string, string, string, string];
  const secret = secrets(login);
  const expected = signRequest(secret ?? '', {
    timestamp,
    repository,
    path: request.path,
    body: request.body,
  });
  if (!isSame(signature, expected) || secret === undefined) {
    throw refused(401, 'SIGNATURE_INVALID', 'the signature is not that of this request by this caller');
  }
  const sentAt = Number(timestamp) * 1_000;
  if (!Number.isFinite(sentAt) || Math.abs(now - sentAt) > lifetime) {
    throw refused(401, 'SIGNATURE_EXPIRED', 'the request was signed at another time');
  }
  return {
    repository,
    actor: login,
    url: `signed request of ${login}`,
    token: { jti: signature, expiresAt: sentAt + 2 * lifetime },
  };
}

/** In constant time for texts of one length. */
function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
