import { hkdfSync } from 'node:crypto';
import type { Log } from '../core/ports/system.ts';
import type { Environment } from './environment.ts';
import type { ApplyPorts } from './flow/apply.ts';
import type { GithubAccess } from './github.ts';
import type { StepUpPorts } from './http/step-up/ports.ts';
import type { OpenStore } from './store.ts';

/**
 * What the pages for confirmations need; null when nobody can sign in. Cookies and names of pages are under a key of
 * their own, made from the webhook's secret: the replicas share it.
 *
 * @param origin our address as browsers see it, known once the server listens.
 */
export function stepUpPorts(
  { app, signIn, githubUrl, githubApiUrl, passkeyDelay }: Environment,
  parts: {
    readonly apply: ApplyPorts;
    readonly database: OpenStore['database'];
    readonly github: GithubAccess;
    readonly log: Log;
    readonly now: () => number;
    readonly origin: () => string;
  },
): StepUpPorts | null {
  if (app === null || signIn === null) return null;
  const { apply, database, github, log, now, origin } = parts;
  return {
    ...apply,
    database,
    log,
    now,
    origin,
    key: Buffer.from(hkdfSync('sha256', app.webhookSecret, '', 'release-conductor/step-up', 32)).toString(
      'base64url',
    ),
    signIn: { ...signIn, webUrl: githubUrl, apiUrl: githubApiUrl, fetch },
    passkeyDelay,
    forgeFor: (repository) => github.forgeFor(repository, null),
  };
}
