import { describe, expect, it } from 'vitest';
import { pullRequest } from '../../app/events/pull-request.ts';
import type { Forge, PullRequestFacts } from '../../core/ports/forge.ts';

const at = (seconds: number): string => new Date(seconds * 1_000).toISOString();
const repo = { full_name: 'acme/shop' };
const now = 100_000;

/** A pull request as webhooks tell of it. */
const body = (head: string, state: 'open' | 'closed', seconds: number): Record<string, unknown> => ({
  ...{ number: 7, title: 'Add a', body: null, labels: [], state, merged: false, draft: false },
  ...{ user: { login: 'bob' }, updated_at: at(seconds) },
  head: { sha: head, ref: 'feature', repo },
  base: { sha: 'base', ref: 'main', repo },
});

const facts = (headSha: string, state: 'open' | 'closed', seconds: number): PullRequestFacts => ({
  ...{ title: 'Add a', body: '', labels: [], headRef: 'feature', baseRef: 'main', baseSha: 'base' },
  ...{ headSha, author: 'bob', fork: false, draft: false, state, merged: false, updatedAt: seconds * 1_000 },
});

/** What follows from a webhook while the API says `read`. */
async function told(
  action: string,
  payload: Record<string, unknown>,
  read: PullRequestFacts,
): Promise<readonly unknown[]> {
  const config = Buffer.from('version: 1\n');
  const forge = {
    appSlug: 'conductor',
    repository: 'acme/shop',
    readPullRequest: async () => read,
    filesAt: () => ({ read: async () => config, list: async () => [] }),
  } as unknown as Forge;
  const store = { query: async () => ({ rows: [] }) } as never;
  const parsed = pullRequest.payload.parse({ action, pull_request: payload });
  const context = { repository: 'acme/shop', forge, store, frozenSha: null, now: () => now };
  return (await pullRequest.read(parsed, context)).events;
}

describe('a pull request', () => {
  it('that was opened again is open, also when the webhook that it was closed comes late', async () => {
    expect(await told('closed', body('a', 'closed', 10), facts('a', 'open', 12))).toMatchObject([
      { event: { type: 'change.updated', headSha: 'a', asOf: { updatedAt: 12_000, readAt: now } } },
    ]);
  });

  it('that was closed meanwhile is closed, whatever the webhook tells', async () => {
    expect(await told('synchronize', body('a', 'open', 10), facts('a', 'closed', 12))).toMatchObject([
      { event: { type: 'change.closed', asOf: { updatedAt: 12_000 } } },
    ]);
  });

  it('is as its webhook tells while the API that is asked is behind it', async () => {
    expect(await told('synchronize', body('b', 'open', 12), facts('a', 'open', 10))).toMatchObject([
      { event: { type: 'change.updated', headSha: 'b', asOf: { updatedAt: 12_000 } } },
    ]);
    expect(await told('closed', body('a', 'closed', 12), facts('a', 'open', 10))).toMatchObject([
      { event: { type: 'change.closed' } },
    ]);
  });

  it('is as the API tells where the webhook does not tell everything', async () => {
    expect(await told('synchronize', { number: 7 }, facts('a', 'open', 10))).toMatchObject([
      { event: { type: 'change.updated', headSha: 'a' } },
    ]);
  });
});
