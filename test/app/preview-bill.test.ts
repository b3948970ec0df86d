import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readBill } from '../../app/effects/preview-bill.ts';
import { outboundFetch } from '../../app/outbound.ts';

const asked = { repository: 'acme/shop', environment: 'preview/pr-7' };

/** A cost endpoint on loopback; what it was asked. */
async function serve(answer: (response: ServerResponse) => unknown) {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(request.url ?? '');
    answer(response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { host, url: `http://${host}/cost?team=web`, heard };
}

describe('the cost endpoint', () => {
  it('is asked for one environment, beside what the config asks itself', async () => {
    const { host, url, heard } = await serve((response) =>
      response.end('{"spent_today_usd": 1.25, "more": 1}'),
    );
    expect(await readBill(url, asked, outboundFetch([host]))).toBe(1.25);
    expect(heard).toEqual(['/cost?team=web&repository=acme%2Fshop&environment=preview%2Fpr-7']);
  });

  it.each<[string, (response: ServerResponse) => unknown]>([
    ['fails', (response) => response.writeHead(500).end('{"spent_today_usd": 1}')],
    ['has nothing', (response) => response.writeHead(204).end()],
    ['redirects', (response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end()],
    ['answers with a page', (response) => response.end('<html>')],
    ['answers with a text', (response) => response.end('{"spent_today_usd": "1.25"}')],
    ['owes us something', (response) => response.end('{"spent_today_usd": -4}')],
    ['claims more than there is', (response) => response.end('{"spent_today_usd": 1e300}')],
    ['never ends', (response) => response.end(`{"spent_today_usd": 1, "x": "${'x'.repeat(20_000)}"}`)],
    ['is nested deeply', (response) => response.end('['.repeat(9_000))],
    ['breaks off', (response) => response.writeHead(200).write('{"spent', () => response.destroy())],
    ['hangs', (response) => response.writeHead(200).write('{')],
  ])('that %s gives no figure', async (_what, answer) => {
    const { host, url } = await serve(answer);
    expect(await readBill(url, asked, outboundFetch([host]), 300)).toBe('unknown');
  });

  it.each(['http://127.0.0.1:9/', 'http://169.254.169.254/latest', 'http://[::1]/', 'file:///etc/passwd'])(
    'is not called at %s, which nobody has allowed',
    async (endpoint) => {
      expect(await readBill(endpoint, asked, outboundFetch([]), 300)).toBe('unknown');
    },
  );

  it('is not called on loopback by a config alone', async () => {
    const { url, heard } = await serve((response) => response.end('{"spent_today_usd": 0}'));
    expect(await readBill(url, asked, outboundFetch([]))).toBe('unknown');
    expect(heard).toEqual([]);
  });
});
