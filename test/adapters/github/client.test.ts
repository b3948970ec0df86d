import { expect, it } from 'vitest';
import { z } from 'zod';
import { githubClient } from '../../../adapters/github/client.ts';

/** Two pages that never change; every request is kept. */
function twoPages() {
  const statuses: number[] = [];
  const octokit = {
    request: async (_route: string, parameters: Record<string, unknown> = {}) => {
      const etag = `"page ${parameters.page}"`;
      const headers = parameters.headers as Record<string, unknown> | undefined;
      const status = headers?.['if-none-match'] === etag ? 304 : 200;
      statuses.push(status);
      if (status === 304) throw Object.assign(new Error('Not Modified'), { status });
      const link = parameters.page === 1 ? '<https://api.github.com/x?page=2>; rel="next"' : undefined;
      return { status, headers: { etag, link }, data: [parameters.page] };
    },
  };
  return { client: githubClient(octokit, 'acme/shop', 'release-conductor'), statuses };
}

it.each([
  ['that is steady is read anew without cost, every page of it', { steady: true } as const, [304, 304]],
  ['that is not is read anew', {}, [200, 200]],
])('a list %s', async (_name, options, again) => {
  const { client, statuses } = twoPages();
  const read = () => client.list('GET /repos/{owner}/{repo}/labels', {}, z.number(), options);
  expect(await read()).toEqual([1, 2]);
  expect(await read()).toEqual([1, 2]);
  expect(statuses).toEqual([200, 200, ...again]);
});

/** A gateway that fails once for each route. */
function failingGateway() {
  const asked: string[] = [];
  const octokit = {
    request: async (route: string) => {
      asked.push(route);
      if (asked.filter((one) => one === route).length === 1) {
        throw Object.assign(new Error('Bad Gateway'), { status: 502, response: { headers: {}, data: {} } });
      }
      return { status: 200, headers: {}, data: [1] };
    },
  };
  return { client: githubClient(octokit, 'acme/shop', 'release-conductor'), asked };
}

const list = 'GET /repos/{owner}/{repo}/labels';
type Client = ReturnType<typeof failingGateway>['client'];

it.each<[string, (client: Client) => Promise<unknown>]>([
  ['a value', (client) => client.get(list, {}, z.number().array())],
  ['what may not be there', (client) => client.find(list, {}, z.number().array())],
  ['a list', (client) => client.list(list, {}, z.number())],
  ['a list that is steady', (client) => client.list(list, {}, z.number(), { steady: true })],
  ['a file', (client) => client.send(list, {}, z.number().array(), { timeoutMs: 1_000 })],
])('%s that a gateway did not deliver is asked for again', async (_name, read) => {
  const { client, asked } = failingGateway();
  expect(await read(client)).toEqual([1]);
  expect(asked).toHaveLength(2);
});

it('a write that a gateway lost is not sent again by itself: it may have arrived', async () => {
  const { client, asked } = failingGateway();
  const sent = client.send('POST /repos/{owner}/{repo}/labels', {}, z.unknown());
  await expect(sent).rejects.toMatchObject({ code: 'GITHUB_UNAVAILABLE', retryable: true });
  expect(asked).toHaveLength(1);
});
