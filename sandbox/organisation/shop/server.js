import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createMetrics } from './src/metrics.js';
import { route } from './src/routes.js';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const environment = process.env.ENVIRONMENT ?? 'local';
const metrics = createMetrics({ version, environment });

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://shop');
  if (pathname === '/metrics') {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(metrics.expose());
    return;
  }
  const stop = metrics.start();
  const answer = await route(request, pathname, { version });
  const body = JSON.stringify(answer.body);
  response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(body);
  stop(answer.status, answer.route);
});

// Longer than the idle time of the proxies in front, so that they never write to a closing connection.
server.keepAliveTimeout = 65_000;
server.listen(Number(process.env.PORT ?? 8080), process.env.HOST ?? '0.0.0.0', () => {
  const { port } = server.address();
  console.log(JSON.stringify({ message: 'listening', port, version, environment }));
});

process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
