import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isInward, outboundFetch } from '../../app/outbound.ts';

async function serve(): Promise<{ port: number; hits: () => number }> {
  let hits = 0;
  const server = createServer((request, response) => {
    hits += 1;
    if (request.url === '/moved') response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
    else response.writeHead(200, { 'content-type': 'text/plain' }).end(`hello ${request.method}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, hits: () => hits };
}

describe('addresses from a config', () => {
  it.each([
    '127.0.0.1',
    '127.9.9.9',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    '::ffff:127.0.0.1',
    '::ffff:169.254.169.254',
    'fe80::1',
    'fc00::1',
    'fd00:ec2::254',
    'ff02::1',
    '64:ff9b::a00:1',
    'not an address',
  ])('%s is inward', (address) => expect(isInward(address)).toBe(true));

  it.each(['1.1.1.1', '140.82.112.3', '172.32.0.1', '2606:4700::1111', '::ffff:1.1.1.1'])(
    '%s is public',
    (address) => expect(isInward(address)).toBe(false),
  );

  it.each([
    ['an address', (port: number) => `http://127.0.0.1:${port}/`],
    ['a name that resolves to it', (port: number) => `http://localhost:${port}/`],
    ['a number that means it', (port: number) => `http://2130706433:${port}/`],
    ['a hexadecimal number', (port: number) => `http://0x7f.1:${port}/`],
    ['IPv6 with IPv4 inside', (port: number) => `http://[::ffff:127.0.0.1]:${port}/`],
  ])('are not called when they are this machine, written as %s', async (_name, url) => {
    const { port, hits } = await serve();
    await expect(outboundFetch([])(url(port))).rejects.toMatchObject({ code: 'HOST_NOT_ALLOWED' });
    expect(hits()).toBe(0);
  });

  it.each(['file:///etc/passwd', 'ftp://example.com/', 'data:text/plain,x'])(
    'are not called as %s',
    async (url) => {
      await expect(outboundFetch([])(url)).rejects.toMatchObject({ code: 'HOST_NOT_ALLOWED' });
    },
  );

  it('are called when the operator allows them, with their answer', async () => {
    const { port } = await serve();
    const answer = await outboundFetch([`127.0.0.1:${port}`])(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      body: 'x',
    });
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      200,
      'text/plain',
      'hello POST',
    ]);
  });

  it('are not followed to another address', async () => {
    const { port } = await serve();
    const answer = await outboundFetch([`127.0.0.1:${port}`])(`http://127.0.0.1:${port}/moved`);
    expect(answer.status).toBe(302);
  });
});
