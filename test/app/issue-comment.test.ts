import { describe, expect, it } from 'vitest';
import { issueComment } from '../../app/events/issue-comment.ts';
import type { Forge } from '../../core/ports/forge.ts';

const marker = (key: string): string => `<!-- release-conductor:${key} -->\nRelease v1.1.0`;
const ours = { login: 'conductor[bot]' };
const tracking = 'release/acme%2Fshop/v1.1.0#tracking/1';

/** A store with the release v1.1.0, whose issue has `trackingIssue` for a number. */
function storeWith(trackingIssue: number | null): never {
  const row = {
    kind: 'release',
    repository: 'acme/shop',
    key: 'v1.1.0',
    version: 1,
    updated_at: new Date(0),
    state: { tag: 'v1.1.0', sha: 'a'.repeat(40), trackingIssue },
  };
  const query = async (text: string, values: readonly unknown[]): Promise<{ rows: unknown[] }> => {
    const byIssue = text.includes('tracking_issue = $2');
    const matches = byIssue ? values[1] === trackingIssue : values.includes('v1.1.0');
    return { rows: matches ? [row] : [] };
  };
  return { query } as never;
}

async function told(
  issue: Readonly<Record<string, unknown>>,
  trackingIssue: number | null = null,
  text = '/promote 10',
  parts: Partial<Forge> = {},
  { action = 'created', ...written }: Readonly<Record<string, unknown>> = {},
): Promise<readonly unknown[]> {
  const url = 'https://github.test/c/5';
  const comment = { id: 5, body: text, html_url: url, user: { login: 'mia' }, ...written };
  const payload = issueComment.payload.parse({ action, issue: { number: 12, ...issue }, comment });
  const found = await issueComment.read(payload, {
    repository: 'acme/shop',
    forge: { appSlug: 'conductor', repository: 'acme/shop', ...parts } as Forge,
    store: storeWith(trackingIssue),
    frozenSha: null,
    now: () => 0,
  });
  return found.events;
}

describe('a command in an issue whose number the release has not been told', () => {
  it('is told to the release that the marker names, for the commit of the release', async () => {
    expect(await told({ user: ours, body: marker(tracking) })).toMatchObject([
      {
        ref: { kind: 'release', repository: 'acme/shop', key: 'v1.1.0' },
        event: { type: 'command.issued', command: { name: 'promote', sha: 'a'.repeat(40) } },
      },
    ]);
  });

  it.each([
    ['an issue that somebody else opened with a copied marker', { login: 'eve' }, tracking, null],
    ['an issue of another app', { login: 'conductor-2[bot]' }, tracking, null],
    ['an issue without an author', null, tracking, null],
    ['an incident issue', ours, 'release/acme%2Fshop/v1.1.0#incident/1', null],
    ['a marker of another repository', ours, 'release/acme%2Fother/v1.1.0#tracking/1', null],
    ['a marker of a release that nobody knows', ours, 'release/acme%2Fshop/v9.9.9#tracking/1', null],
    ['a marker that is no key', ours, 'release/%E0%A4%A/v1.1.0#tracking/1', null],
    ['a second issue of a release that has one', ours, tracking, 7],
  ] as const)('is not obeyed in %s', async (_name, user, key, trackingIssue) => {
    expect(await told({ user, body: marker(key) }, trackingIssue)).toEqual([]);
  });
});

describe('a command in the issue of a release', () => {
  it.each([
    ['a person', {}, ['command.issued']],
    ['a bot', { user: { login: 'renovate', type: 'Bot' } }, []],
    ['a bot, by its name', { user: { login: 'conductor[bot]', type: 'User' } }, []],
    ['an app in the name of a person', { performed_via_github_app: { id: 9 } }, []],
    ['somebody who has left', { user: null }, []],
    ['a person who edits', { action: 'edited' }, ['comment.changed']],
    ['a person who deletes', { action: 'deleted' }, ['comment.changed']],
  ] as const)('by %s', async (_who, written, wanted) => {
    const events = (await told({ user: ours }, 12, '/rollback', {}, written)) as {
      event: { type: string };
    }[];
    expect(events.map(({ event }) => event.type)).toEqual(wanted);
  });
});

describe('a command on a pull request that nobody knows yet', () => {
  const readPullRequest = (state: 'open' | 'closed'): Partial<Forge> => ({
    readPullRequest: async () => ({
      ...{ title: 'Add a', body: '', labels: [], headRef: 'x', baseRef: 'main', baseSha: 'b', author: 'bob' },
      ...{ headSha: 'a', fork: false, draft: false, state, merged: false, updatedAt: 0 },
    }),
  });
  const config = (text: string | null): Partial<Forge> => ({
    filesAt: () => ({
      read: async () => (text === null ? null : Buffer.from(text)),
      list: async () => [],
    }),
  });
  const events = async (parts: Partial<Forge>): Promise<readonly unknown[]> =>
    (await told({ pull_request: {} }, null, '/help', parts)).map(
      (routed) => (routed as { event: { type: string } }).event.type,
    );

  it('is told to it behind what makes it known', async () => {
    expect(await events({ ...readPullRequest('open'), ...config('version: 1\n') })).toEqual([
      'change.updated',
      'command.issued',
    ]);
  });

  it('is not heard where there is no config, and not once it is closed', async () => {
    expect(await events({ ...readPullRequest('open'), ...config(null) })).toEqual([]);
    expect(await events({ ...readPullRequest('closed'), ...config('version: 1\n') })).toEqual([]);
  });
});
