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
