import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { InputError } from '../../core/errors.ts';
import type { Log } from '../../core/ports/system.ts';
import { problemOfStore, sendProblem } from './problem.ts';
import { receiveWebhook, type WebhookSettings } from './webhooks.ts';

export const webhookPath = '/api/github/webhooks';

export interface HttpServer {
  readonly url: string;
  /** Stops taking requests and waits for those under way. */
  close(): Promise<void>;
}

/**
 * One server: webhooks on a path of their own without any framework in between, everything else through Hono.
 *
 * @throws InputError `PORT_TAKEN`, `PORT_REFUSED`.
 */
export async function startServer(options: {
  readonly host: string;
  readonly port: number;
  readonly webhooks: WebhookSettings;
  /** Answers everything but webhooks. */
  readonly pages: { fetch(request: Request): Response | Promise<Response> };
  readonly log: Log;
}): Promise<HttpServer> {
  const listener = getRequestListener((request) => options.pages.fetch(request));
  const server = createServer((request, response) => {
    const isWebhook = request.method === 'POST' && request.url?.split('?')[0] === webhookPath;
    const handled = isWebhook
      ? receiveWebhook(request, response, options.webhooks)
      : listener(request, response);
    Promise.resolve(handled).catch((error: unknown) => fail(error, response, options.log));
  });
  server.requestTimeout = 60_000;
  await listen(server, options.host, options.port);
  const { port } = server.address() as AddressInfo;
  return { url: `http://${shownHost(options.host)}:${port}`, close: () => close(server) };
}

function fail(error: unknown, response: ServerResponse<IncomingMessage>, log: Log): void {
  const { code } = problemOfStore(error);
  log.error({ code, reason: error instanceof Error ? error.message : String(error) }, 'A request failed');
  if (!response.headersSent) sendProblem(response, problemOfStore(error));
  else response.destroy();
}

/**
 * A port on which nobody listens: this one, or for 0 one that the system chooses.
 *
 * @throws InputError `PORT_TAKEN`, `PORT_REFUSED`
 */
export async function freePort(host: string, port: number): Promise<number> {
  const probe = createServer();
  await listen(probe, host, port);
  const { port: found } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return found;
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(explain(cause, host, port)));
    server.listen(port, host, () => resolve());
  });
}

function explain(cause: NodeJS.ErrnoException, host: string, port: number): Error {
  if (cause.code === 'EADDRINUSE') {
    return new InputError(
      'PORT_TAKEN',
      `Port ${port} on ${host} is in use by another program`,
      'Stop that program, or set PORT to another number (0 lets the system choose).',
      { cause },
    );
  }
  return new InputError(
    'PORT_REFUSED',
    `Cannot listen on ${host}:${port}: ${cause.message}`,
    'Set HOST to an address of this machine and PORT to a port that this user may open.',
    { cause },
  );
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    // A client that keeps its connection open must not keep us from going.
    setTimeout(() => server.closeAllConnections(), 5_000).unref();
  });
}

function shownHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
