import nock from 'nock';
import { ProbotOctokit } from 'probot';
import { expect, onTestFinished } from 'vitest';
import { githubForge } from '../../../adapters/github/index.ts';
import type { Forge } from '../../../core/ports/forge.ts';
import { checkRequest } from '../../support/openapi.ts';

export const api = 'https://api.github.com';
export const ours = { login: 'release-conductor[bot]' };

/**
 * The adapter against stubs of GitHub: the network is off, every stub must be used, and every request must be
 * one that GitHub's own description allows.
 */
export function forgeOverStubs(): { readonly forge: Forge; readonly github: nock.Scope } {
  nock.disableNetConnect();
  const github = nock(api);
  const problems: string[] = [];
  const checkedFetch: typeof fetch = async (input, init) => {
    const { pathname, searchParams } = new URL(String(input));
    const body: unknown = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined;
    problems.push(...checkRequest(init?.method ?? 'GET', pathname, searchParams, body).problems);
    return fetch(input, init);
  };
  onTestFinished(() => {
    const left = nock.pendingMocks();
    nock.cleanAll();
    nock.enableNetConnect();
    expect(problems).toEqual([]);
    expect(left).toEqual([]);
  });
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const octokit = new ProbotOctokit({
    auth: { token: 'ghs_secret' },
    throttle: { enabled: false },
    retry: { enabled: false },
    request: { fetch: checkedFetch },
    log,
  });
  return {
    forge: githubForge({ octokit: octokit as never, repository: 'acme/shop', appSlug: 'release-conductor' }),
    github,
  };
}
