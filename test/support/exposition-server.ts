import { createServer } from 'node:http';

export interface ExpositionServer {
  readonly host: string;
  readonly url: string;
  /** What `/metrics` says from now on. */
  text: string;
  status: number;
  type: string;
  close(): Promise<void>;
}

/** A service that exposes what a test wants, on a free port of the loopback. */
export async function startExposition(text: string): Promise<ExpositionServer> {
  const server = createServer((_request, response) => {
    response.writeHead(running.status, { 'content-type': running.type }).end(running.text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const host = `127.0.0.1:${address.port}`;
  const running: ExpositionServer = {
    host,
    url: `http://${host}/metrics`,
    text,
    status: 200,
    type: 'text/plain; version=0.0.4',
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return running;
}
