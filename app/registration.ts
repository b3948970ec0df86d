import { existsSync } from 'node:fs';
import type { Logger } from 'pino';
import { run } from 'probot';
import { InputError } from '../core/errors.ts';
import type { Environment } from './environment.ts';
import { freePort, webhookPath } from './http/server.ts';

/**
 * Without credentials: Probot's registration page, which makes the App from `app.yml` and writes the credentials
 * to `.env`. It listens on loopback unless HOST says otherwise, because whoever opens it first owns the App.
 */
export async function startRegistration(
  environment: Environment,
  logger: Logger,
): Promise<{ url: string; close(): Promise<void> }> {
  if (!existsSync('app.yml')) throw manifestMissing();
  const { host } = environment;
  // Probot knows neither 0 nor words for a port that is taken.
  const port = await freePort(host, environment.port);
  const publicUrl = environment.conductorUrl ?? `http://${host}:${port}`;
  // Probot takes the address of webhooks from here; otherwise it would ask smee.io for a relay.
  process.env.WEBHOOK_PROXY_URL ??= `${publicUrl}${webhookPath}`;
  const server = await run(() => undefined, {
    env: { PORT: String(port), HOST: host },
    log: logger,
  } as unknown as Parameters<typeof run>[1]);
  const url = `http://${host}:${server.port}`;
  logger.info({ url }, 'Open this address to register the App');
  return { url, close: () => server.stop() };
}

/** Probot reads the manifest from the working directory; without it the App would ask for no permissions. */
function manifestMissing(): InputError {
  return new InputError(
    'MANIFEST_MISSING',
    'There are no credentials, and no app.yml in this folder to register an App with',
    "Run npm start in Release Conductor's own folder, or set APP_ID, PRIVATE_KEY and WEBHOOK_SECRET.",
  );
}
