import { describe, expect, it } from 'vitest';
import { ConflictError, PermissionError, ProviderError } from '../../../core/errors.ts';
import { forgeOverStubs } from './support.ts';

const inAnHour = Math.floor(Date.now() / 1_000) + 3_600;

describe("GitHub's refusals", () => {
  it.each([
    [500, {}, ProviderError, 'GITHUB_UNAVAILABLE', true],
    [502, {}, ProviderError, 'GITHUB_UNAVAILABLE', true],
    [429, { 'retry-after': '7' }, ProviderError, 'GITHUB_RATE_LIMIT', true],
    [403, { 'retry-after': '7' }, ProviderError, 'GITHUB_RATE_LIMIT', true],
    [
      403,
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(inAnHour) },
      ProviderError,
      'GITHUB_RATE_LIMIT',
      true,
    ],
    [403, {}, PermissionError, 'GITHUB_FORBIDDEN', undefined],
    [401, {}, PermissionError, 'GITHUB_FORBIDDEN', undefined],
    [404, {}, ConflictError, 'GITHUB_NOT_FOUND', undefined],
    [409, {}, ConflictError, 'GITHUB_CONFLICT', undefined],
    [422, {}, ProviderError, 'GITHUB_REFUSED', false],
  ])('%i with %j is for whoever has to act', async (status, headers, family, code, retryable) => {
    const { forge, github } = forgeOverStubs();
    github.get('/repos/acme/shop/pulls/1').reply(status, { message: 'no' }, headers);
    const error = await forge.readPullRequest(1).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(family);
    expect(error).toMatchObject({ code, ...(retryable === undefined ? {} : { retryable }) });
  });

  it('say when to come back', async () => {
    const { forge, github } = forgeOverStubs();
    github.get('/repos/acme/shop/pulls/1').reply(403, { message: 'wait' }, { 'retry-after': '7' });
    github
      .get('/repos/acme/shop/pulls/2')
      .reply(
        403,
        { message: 'wait' },
        { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(inAnHour) },
      );
    const before = Date.now();
    const [soon, later] = (await Promise.all(
      [1, 2].map((number) => forge.readPullRequest(number).catch((error: unknown) => error)),
    )) as ProviderError[];
    expect(soon?.retryAt).toBeGreaterThanOrEqual(before + 7_000);
    expect(later?.retryAt).toBe(inAnHour * 1_000);
  });

  it('know a secondary limit that names no time by its words', async () => {
    const { forge, github } = forgeOverStubs();
    github
      .get('/repos/acme/shop/pulls/1')
      .reply(403, { message: 'You have exceeded a secondary rate limit.' });
    await expect(forge.readPullRequest(1)).rejects.toMatchObject({
      code: 'GITHUB_RATE_LIMIT',
      retryable: true,
    });
  });

  it('count a lost connection as a provider that may come back', async () => {
    const { forge, github } = forgeOverStubs();
    github
      .get('/repos/acme/shop/pulls/1')
      .replyWithError(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
    await expect(forge.readPullRequest(1)).rejects.toMatchObject({
      code: 'GITHUB_UNAVAILABLE',
      retryable: true,
    });
  });

  it('never carry the token', async () => {
    const { forge, github } = forgeOverStubs();
    github.get('/repos/acme/shop/pulls/1').reply(500, { message: 'no' });
    const error = (await forge.readPullRequest(1).catch((caught: unknown) => caught)) as Error;
    expect(JSON.stringify([error, error.message, error.stack, error.cause])).not.toContain('ghs_secret');
  });

  it('name an answer that is not as documented', async () => {
    const { forge, github } = forgeOverStubs();
    github.get('/repos/acme/shop/pulls/1').reply(200, { state: 'merged' });
    await expect(forge.readPullRequest(1)).rejects.toMatchObject({
      code: 'GITHUB_ANSWER_UNEXPECTED',
      message: expect.stringContaining('state'),
    });
  });
});

describe('reads', () => {
  it('are conditional: an answer that did not change is taken from memory', async () => {
    const { forge, github } = forgeOverStubs();
    github.get('/repos/acme/shop').reply(200, { default_branch: 'main' }, { etag: '"1"' });
    github.get('/repos/acme/shop').matchHeader('if-none-match', '"1"').reply(304);
    expect([await forge.defaultBranch(), await forge.defaultBranch()]).toEqual(['main', 'main']);
  });

  it('follow every page', async () => {
    const { forge, github } = forgeOverStubs();
    const page = (from: number, count: number): object[] =>
      Array.from({ length: count }, (_, index) => ({
        number: from + index,
        head: { sha: 'a' },
        base: { ref: 'main', sha: 'b' },
        updated_at: '2026-11-21T08:00:00Z',
      }));
    const next = { link: '<https://api.github.com/repositories/1/pulls?page=2>; rel="next"' };
    github
      .get('/repos/acme/shop/pulls')
      .query({ state: 'open', per_page: 100, page: 1 })
      .reply(200, page(1, 100), next);
    github
      .get('/repos/acme/shop/pulls')
      .query({ state: 'open', per_page: 100, page: 2 })
      .reply(200, page(101, 30));
    expect(await forge.listOpenPullRequests()).toHaveLength(130);
  });
});
