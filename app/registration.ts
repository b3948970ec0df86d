import type { Logger } from 'pino';
import { run } from 'probot';
import type { Environment } from './environment.ts';
import { webhookPath } from './http/server.ts';

/**
 * Without credentials: Probot's registration page, which makes the App from `app.yml` and writes the credentials
 * to `.env`. It listens on loopback unless HOST says otherwise, because whoever opens it first owns the App.
 */
export async function startRegistration(
  environment: Environment,
  logger: Logger,
): Promise<{ url: string; close(): Promise<void> }> {
  const { host, port } = environment;
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
