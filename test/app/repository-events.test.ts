import { describe, expect, it } from 'vitest';
import type { Sql, StoredDelivery } from '../../adapters/postgres/index.ts';
import { interpretDelivery } from '../../app/events/interpret.ts';
import { previewNews } from '../../app/events/preview.ts';
import { isWanted } from '../../app/events/registry.ts';
import { ProviderError } from '../../core/errors.ts';

const sender = { login: 'alice', type: 'User' };
const repository = { id: 7, full_name: 'acme/store', default_branch: 'trunk' };

function interpreted(event: string, payload: object) {
  const delivery = {
    event,
    repository: 'acme/store',
    installationId: 3,
    payload: JSON.stringify({ repository, sender, installation: { id: 3 }, ...payload }),
  } as StoredDelivery;
  const forgeFor = () => Promise.reject(new Error('GitHub was asked'));
  return interpretDelivery(delivery, { store: {} as Sql, now: () => 0, forgeFor });
}

describe('what becomes of a repository', () => {
  it.each([
    ['renamed', { repository: { name: { from: 'shop' } } }, 'repository renamed'],
    ['transferred', { owner: { from: { user: { login: 'old' } } } }, 'repository transferred'],
    ['edited', { default_branch: { from: 'main' } }, 'default branch main became trunk'],
  ])('%s: its rules are looked at again', async (action, changes, text) => {
    const { events } = await interpreted('repository', { action, changes });
    expect(events).toEqual([
      {
        ref: { kind: 'governance', repository: 'acme/store', key: 'settings' },
        event: { type: 'settings.touched', what: { text, actor: 'alice' } },
      },
    ]);
  });

  it.each(['deleted', 'archived'])('%s: nothing is asked of it any more, by its number', async (action) => {
    expect(await interpreted('repository', { action })).toMatchObject({
      events: [],
      removed: [{ repository: 'acme/store', id: 7 }],
    });
  });

  it('a new description is nothing to us', async () => {
    const changes = { description: { from: null } };
    expect((await interpreted('repository', { action: 'edited', changes })).events).toEqual([]);
    expect(isWanted('repository', { action: 'publicized' })).toBe(false);
  });

  it.each(['deleted', 'suspend'])(
    'the App is %s: every repository of the installation is lost',
    async (action) => {
      expect(await interpreted('installation', { action })).toMatchObject({ lost: 3 });
    },
  );

  it.each(['created', 'unsuspend'])(
    'the App is %s: its repositories are told by number and name',
    async (action) => {
      const { installed } = await interpreted('installation', { action, repositories: [repository] });
      expect(installed).toEqual([{ repository: 'acme/store', id: 7, installationId: 3 }]);
    },
  );
});

describe('who may let a fork have a preview', () => {
  const config = 'version: 1\ngates: {}\npreviews: { when: label, label: preview }\n';

  function labelledBy(readRole: () => Promise<string | null>) {
    const forge = {
      repository: 'acme/.github',
      readRole,
      readPullRequest: async () => ({ baseSha: 'b'.repeat(40) }),
      filesAt: () => ({ read: async () => Buffer.from(config) }),
    };
    const store = { query: async () => ({ rows: [] }) };
    const label = { name: 'preview' };
    const news = { action: 'labeled', number: 5, headSha: 'a1', label, sender: { login: 'tess' } };
    return previewNews(news, { forge, store, repository: 'acme/shop' } as never);
  }

  it.each([
    ['admin', true],
    ['maintain', true],
    ['write', true],
    ['triage', false],
    ['read', false],
    ['a-role-of-the-organisation', false],
    [null, false],
  ])('the role %s: %s', async (role, mayApprove) => {
    const [labelled] = await labelledBy(async () => role);
    expect(labelled?.event).toMatchObject({ type: 'preview.labelled', by: 'tess', mayApprove });
  });

  it('nobody, while GitHub does not tell the role: the webhook is read again', async () => {
    const down = new ProviderError('GITHUB_UNAVAILABLE', 'no answer', 'wait', { retryable: true });
    await expect(labelledBy(() => Promise.reject(down))).rejects.toBe(down);
  });
});
