import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { imageDigest } from '../../adapters/registry/index.ts';
import { parseImageReference } from '../../adapters/registry/reference.ts';

const manifest = '{"schemaVersion":2}';
const digest = `sha256:${createHash('sha256').update(manifest).digest('hex')}`;

async function registry(
  answer: (request: IncomingMessage, response: ServerResponse, host: string) => void,
): Promise<string> {
  const server = createServer((request, response) =>
    answer(request, response, `127.0.0.1:${(server.address() as AddressInfo).port}`),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('the digest of an image', () => {
  it('is that of the bytes which the registry sends, whatever its headers say', async () => {
    const asked: string[] = [];
    const host = await registry((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(200, { 'docker-content-digest': `sha256:${'0'.repeat(64)}` }).end(manifest);
    });
    expect(await imageDigest(`${host}/acme/shop:v1.1.0`, fetch)).toBe(digest);
    expect(asked).toEqual(['GET /v2/acme/shop/manifests/v1.1.0']);
  });

  it('is asked for with the token that the registry gives to anybody', async () => {
    const host = await registry((request, response, self) => {
      if (request.url?.startsWith('/token')) response.end(JSON.stringify({ token: 'everybody' }));
      else if (request.headers.authorization === 'Bearer everybody') response.end(manifest);
      else {
        const challenge = `Bearer realm="http://${self}/token",service="r",scope="repository:acme/shop:pull"`;
        response.writeHead(401, { 'www-authenticate': challenge }).end();
      }
    });
    expect(await imageDigest(`${host}/acme/shop:v1`, fetch)).toBe(digest);
  });

  it('of a private one is asked for with a token that the login is changed for', async () => {
    const login = `Basic ${Buffer.from('bot:s3cret').toString('base64')}`;
    const asked: (string | undefined)[] = [];
    const host = await registry((request, response, self) => {
      const { authorization } = request.headers;
      asked.push(authorization);
      if (request.url?.startsWith('/token') && authorization === login)
        response.end(JSON.stringify({ token: 'mine' }));
      else if (authorization === 'Bearer mine') response.end(manifest);
      else response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${self}/token"` }).end();
    });
    const logins = (asker: string) => (asker === host ? 'bot:s3cret' : undefined);
    expect(await imageDigest(`${host}/acme/shop:v1`, fetch, logins)).toBe(digest);
    expect(asked).toEqual([undefined, login, 'Bearer mine']);
    await expect(imageDigest(`${host}/acme/shop:v1`, fetch, () => undefined)).rejects.toMatchObject({
      code: 'REGISTRY_UNAVAILABLE',
      message: expect.stringMatching(/no token without credentials/),
    });
  });

  it('of a private one is asked for with the login itself where the registry wants that', async () => {
    const host = await registry((request, response) =>
      request.headers.authorization === `Basic ${Buffer.from('bot:s3cret').toString('base64')}`
        ? response.end(manifest)
        : response.writeHead(401, { 'www-authenticate': 'Basic realm="r"' }).end(),
    );
    expect(await imageDigest(`${host}/acme/shop:v1`, fetch, () => 'bot:s3cret')).toBe(digest);
  });

  it('is not asked for with a login that would travel without TLS', async () => {
    const host = await registry((_request, response) =>
      response.writeHead(401, { 'www-authenticate': 'Bearer realm="http://tokens.test/token"' }).end(),
    );
    const failed = imageDigest(`${host}/acme/shop:v1`, fetch, () => 'bot:s3cret');
    await expect(failed).rejects.toMatchObject({ message: expect.stringMatching(/without TLS/) });
    await expect(failed).rejects.not.toMatchObject({ message: expect.stringMatching(/s3cret/) });
  });

  it.each([
    ['there is no such image', 404, 'IMAGE_NOT_FOUND'],
    ['the registry is ill', 503, 'REGISTRY_UNAVAILABLE'],
    ['the registry wants credentials', 401, 'REGISTRY_UNAVAILABLE'],
  ])('is an error of its own when %s', async (_, status, code) => {
    const host = await registry((_request, response) => response.writeHead(status).end());
    await expect(imageDigest(`${host}/acme/shop:v1`, fetch)).rejects.toMatchObject({ code });
  });
});

describe('the name of an image', () => {
  it('is taken apart', () => {
    expect(parseImageReference('ghcr.io/acme/shop:v1.0.0-rc.1')).toEqual({
      registry: 'ghcr.io',
      origin: 'https://ghcr.io',
      path: 'acme/shop',
      tag: 'v1.0.0-rc.1',
    });
  });

  it.each(['shop:v1', 'acme/shop:v1', 'ghcr.io/acme/shop', 'ghcr.io/Acme/shop:v1', 'ghcr.io/../x:v1', ''])(
    'is refused when it leaves something open: %j',
    (text) => {
      expect(() => parseImageReference(text)).toThrow(
        expect.objectContaining({ code: 'IMAGE_REFERENCE_INVALID' }),
      );
    },
  );
});
