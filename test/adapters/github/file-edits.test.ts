import { describe, expect, it } from 'vitest';
import { ConflictError } from '../../../core/errors.ts';
import { forgeOverStubs, ours } from './support.ts';

const repo = '/repos/acme/shop';
const file = (text: string, sha = 'f1') => ({
  type: 'file',
  sha,
  content: Buffer.from(text).toString('base64'),
});
const edit = { path: 'flags/prod.json', branch: 'main', text: 'new', message: 'Flip', version: 'f1' };
const pull = (change: object = {}) => ({
  number: 7,
  html_url: 'https://github.com/acme/shop/pull/7',
  state: 'open',
  merged_at: null,
  head: { ref: 'rc/flags/a' },
  user: ours,
  ...change,
});

describe('changing one file', () => {
  it('reads its text and version, or that there is none', async () => {
    const { forge, github } = forgeOverStubs();
    github.get(`${repo}/contents/flags/prod.json`).query({ ref: 'main' }).reply(200, file('old'));
    github.get(`${repo}/contents/none.json`).query({ ref: 'main' }).reply(404, {});
    expect(await forge.edits.read('flags/prod.json', 'main')).toEqual({ text: 'old', version: 'f1' });
    expect(await forge.edits.read('none.json', 'main')).toBeNull();
  });

  it('is a conflict when somebody else was faster', async () => {
    const { forge, github } = forgeOverStubs();
    github.put(`${repo}/contents/flags/prod.json`).reply(409, { message: 'does not match f1' });
    await expect(forge.edits.write(edit)).rejects.toBeInstanceOf(ConflictError);
  });

  it('proposes once: what is open, merged or closed already is taken up; other proposals of ours are closed', async () => {
    const { forge, github } = forgeOverStubs();
    const list = (query: object, answer: readonly object[]) =>
      github
        .get(`${repo}/pulls`)
        .query({ ...query, base: 'main', per_page: 100, page: 1 })
        .reply(200, answer);
    list({ state: 'open' }, [
      pull(),
      pull({ number: 6, head: { ref: 'rc/flags/older' } }),
      pull({ number: 5, head: { ref: 'rc/flags/theirs' }, user: { login: 'mallory' } }),
      pull({ number: 4, head: { ref: 'feature' } }),
    ]);
    github.patch(`${repo}/pulls/6`, { state: 'closed' }).reply(200, {});
    list({ state: 'all', head: 'acme:rc/flags/a' }, [
      pull({ state: 'closed', merged_at: '2026-01-01T00:00:00Z' }),
    ]);
    const proposal = { ...edit, head: 'rc/flags/a', instead: 'rc/flags/', body: 'why' };
    expect(await forge.edits.propose(proposal)).toMatchObject({ number: 7, state: 'merged' });
  });

  it.each([
    [405, false],
    [409, false],
    [200, true],
  ])('a merge that GitHub answers with %i happened: %s', async (status, merged) => {
    const { forge, github } = forgeOverStubs();
    github.put(`${repo}/pulls/7/merge`).reply(status, status === 200 ? { merged: true } : { message: 'no' });
    expect(await forge.edits.merge(7)).toBe(merged);
  });

  it('finds labels of merged pull requests with one request, and asks for no number that is none', async () => {
    const { forge, github } = forgeOverStubs();
    github
      .get(`${repo}/pulls`)
      .query({ state: 'closed', sort: 'updated', direction: 'desc', per_page: 100, page: 1 })
      .reply(200, [
        { number: 12, labels: [{ name: 'semver:minor' }] },
        { number: 9, labels: [] },
      ]);
    expect(await forge.readLabels([12, 404])).toEqual(new Map([[12, ['semver:minor']]]));
    expect(await forge.readLabels([])).toEqual(new Map());
  });
});
