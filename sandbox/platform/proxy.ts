import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { Environment } from './environment.ts';
import type { Instance } from './instance.ts';

const upstreamTimeoutMs = 10_000;
const hopByHop = [
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
  'proxy-authorization',
];

/** The reverse proxy of one environment: each request goes to the version whose turn it is, and is counted for it. */
export function createProxy(environment: Environment): Server {
  return createServer((incoming, answer) => {
    const instance = environment.next();
    if (instance === null) {
      answer.writeHead(503, { 'content-type': 'text/plain' }).end('no version is routed here\n');
      return;
    }
    forward(environment, instance, incoming, answer);
  });
}

function forward(
  environment: Environment,
  instance: Instance,
  incoming: IncomingMessage,
  answer: ServerResponse,
): void {
  instance.inFlight += 1;
  let counted = false;
  const finish = (isError: boolean) => {
    if (counted) return;
    counted = true;
    instance.inFlight -= 1;
    environment.count(instance.version, isError);
  };
  const outgoing = request(
    {
      host: '127.0.0.1',
      port: instance.port,
      method: incoming.method,
      path: incoming.url,
      headers: {
        ...withoutHopByHop(incoming.headers),
        'x-forwarded-for': incoming.socket.remoteAddress ?? '',
      },
      agent: instance.agent,
      timeout: upstreamTimeoutMs,
    },
    (response) => {
      const status = response.statusCode ?? 502;
      answer.writeHead(status, { ...withoutHopByHop(response.headers), 'x-version': instance.version });
      response.pipe(answer);
      response.on('end', () => finish(status >= 500));
      response.on('error', () => finish(true));
    },
  );
  // A process that is gone, or that breaks off, is an error of its version.
  outgoing.on('error', () => {
    finish(true);
    if (answer.headersSent) answer.destroy();
    else
      answer
        .writeHead(502, { 'content-type': 'text/plain', 'x-version': instance.version })
        .end('bad gateway\n');
  });
  outgoing.on('timeout', () => outgoing.destroy(new Error('the service did not answer in time')));
  // A client that goes away is not an error of the version.
  answer.on('close', () => {
    if (counted) return;
    finish(false);
    outgoing.destroy();
  });
  incoming.pipe(outgoing);
}

function withoutHopByHop<Headers extends NodeJS.Dict<string | string[]>>(
  headers: Headers,
): NodeJS.Dict<string | string[]> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.includes(name)));
}
