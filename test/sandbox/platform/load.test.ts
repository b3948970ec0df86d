import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { kindOf, type LoadOptions, startLoad } from '../../../sandbox/load/index.ts';

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function loadOn(answer: RequestListener, options: Partial<LoadOptions>) {
  server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return startLoad({ url: `http://127.0.0.1:${port}`, rate: 500, ...options });
}

describe('load', () => {
  it('starts requests at its rate, in its mix, and accounts for every one', async () => {
    const seen: Record<string, number> = {};
    const load = await loadOn(
      (request, answer) => {
        seen[request.url ?? ''] = (seen[request.url ?? ''] ?? 0) + 1;
        answer.writeHead(request.url === '/bad' ? 500 : 200, { 'x-version': 'v1' }).end('ok');
      },
      {
        mix: [
          { method: 'GET', path: '/good', share: 3 },
          { method: 'GET', path: '/bad', share: 1 },
        ],
      },
    );
    await expect.poll(() => load.report().answered, { timeout: 10_000 }).toBeGreaterThan(400);
    const report = await load.stop();
    expect(report.started).toBe(report.answered + report.failed);
    // The last tick may be late by what is still allowed to be caught up.
    expect(Math.abs(report.seconds * 500 - report.started - report.dropped)).toBeLessThan(500 * 0.25 + 10);
    expect(report.byStatus['5xx']).toBe(seen['/bad']);
    expect(Math.abs((seen['/good'] ?? 0) - 3 * (seen['/bad'] ?? 0))).toBeLessThanOrEqual(report.dropped + 12);
    expect(report.byVersion.v1).toEqual({ requests: report.answered, errors: seen['/bad'] });
    expect(report.latency.p99).toBeGreaterThan(0);
  });

  it.each([1, 2, 10, 20, 100])('gives every %i-th request the same mix as all', (period) => {
    const mix = [
      { method: 'GET', path: '/a', share: 7 },
      { method: 'GET', path: '/b', share: 3 },
    ] as const;
    const picked = Array.from({ length: 1_000 }, (_, index) => kindOf(mix, index * period).path);
    expect(Math.abs(picked.filter((path) => path === '/a').length - 700)).toBeLessThan(15);
  });

  it('drops what exceeds its unanswered requests instead of piling up', async () => {
    const open: (() => void)[] = [];
    const load = await loadOn((_request, answer) => open.push(() => answer.end()), { maxInFlight: 5 });
    await expect.poll(() => load.report().dropped, { timeout: 10_000 }).toBeGreaterThan(20);
    expect(load.report()).toMatchObject({ started: 5, answered: 0 });
    const stopped = load.stop();
    for (const end of open) end();
    expect((await stopped).answered).toBe(5);
  });

  it('counts a broken connection as failed', async () => {
    const load = await loadOn((request) => request.socket.destroy(), {});
    await expect.poll(() => load.report().failed, { timeout: 10_000 }).toBeGreaterThan(5);
    expect((await load.stop()).answered).toBe(0);
  });
});
