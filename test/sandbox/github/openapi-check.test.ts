import { describe, expect, it } from 'vitest';
import { checkPayload, checkRequest, checkResponse } from '../../support/openapi.ts';

const none = new URLSearchParams();

describe('the check against GitHub’s OpenAPI description', () => {
  it('accepts a request that GitHub documents', () => {
    const body = { name: 'slo-gates', head_sha: 'a'.repeat(40), status: 'in_progress' };
    expect(checkRequest('POST', '/repos/acme/shop/check-runs', none, body)).toEqual({
      operation: 'POST /repos/{owner}/{repo}/check-runs',
      problems: [],
    });
  });

  it.each([
    ['a missing field', { status: 'queued', head_sha: 'a' }, "must have required property 'name'"],
    ['a value of the wrong type', { name: 1, head_sha: 'a' }, '/name must be string'],
  ])('names %s', (_, body, problem) => {
    const { problems } = checkRequest('POST', '/repos/acme/shop/check-runs', none, body);
    expect(problems.join('\n')).toContain(problem);
  });

  it('names an unknown query parameter', () => {
    const query = new URLSearchParams({ per_page: '100', perpage: '1' });
    expect(checkRequest('GET', '/repos/acme/shop/pulls', query, undefined).problems).toEqual([
      'query parameter perpage is unknown',
    ]);
  });

  it.each([
    [
      '/repos/acme/shop/commits/heads/feature/x/check-runs',
      'GET /repos/{owner}/{repo}/commits/{ref}/check-runs',
    ],
    ['/repos/acme/shop/commits/main', 'GET /repos/{owner}/{repo}/commits/{ref}'],
    ['/repos/acme/shop/releases/latest', 'GET /repos/{owner}/{repo}/releases/latest'],
    ['/repos/acme/shop/releases/7', 'GET /repos/{owner}/{repo}/releases/{release_id}'],
    ['/repos/acme/shop/contents/a/b.txt', 'GET /repos/{owner}/{repo}/contents/{path}'],
    ['/repos/acme/shop/git/ref/heads%2Fmain', 'GET /repos/{owner}/{repo}/git/ref/{ref}'],
  ])('reads %s as %s', (path, operation) => {
    expect(checkRequest('GET', path, none, undefined).operation).toBe(operation);
  });

  it('refuses an answer with a status that GitHub does not give', () => {
    const { problems } = checkResponse('POST', '/repos/acme/shop/check-runs', 200, {});
    expect(problems).toEqual(['status 200 is not one of its answers']);
  });

  it('wants a message in an error', () => {
    expect(checkResponse('GET', '/repos/acme/shop', 404, {}).problems).toEqual(['an error has no message']);
    expect(checkResponse('GET', '/repos/acme/shop', 404, { message: 'Not Found' }).problems).toEqual([]);
  });

  it('knows the payloads of webhooks', () => {
    expect(checkPayload('push', { ref: 'refs/heads/main' }).problems.join()).toContain("'repository'");
    expect(checkPayload('fork', {}).operation).toBeNull();
  });
});
