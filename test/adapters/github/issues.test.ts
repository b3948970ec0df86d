import { describe, expect, it } from 'vitest';
import { forgeOverStubs, ours } from './support.ts';

const listPath = '/repos/acme/shop/issues/7/comments';
const page = { per_page: 100, page: 1 };
const comment = (id: number, body: string, user: object = ours): object => ({
  id,
  body,
  user,
  html_url: `https://github.com/acme/shop/issues/7#issuecomment-${id}`,
});

describe('a sticky comment', () => {
  it('is written once and then edited', async () => {
    const { forge, github } = forgeOverStubs();
    github.get(listPath).query(page).reply(200, []);
    github.post(listPath, { body: '<!-- release-conductor:verdicts -->\none' }).reply(201, comment(1, 'x'));
    expect((await forge.upsertComment({ issue: 7, marker: 'verdicts', body: 'one' })).id).toBe(1);

    github
      .get(listPath)
      .query(page)
      .reply(200, [comment(1, '<!-- release-conductor:verdicts -->\none')]);
    github
      .patch('/repos/acme/shop/issues/comments/1', { body: '<!-- release-conductor:verdicts -->\ntwo' })
      .reply(200, {});
    await forge.upsertComment({ issue: 7, marker: 'verdicts', body: 'two' });
  });

  it('is not written again when nothing changed', async () => {
    const { forge, github } = forgeOverStubs();
    github
      .get(listPath)
      .query(page)
      .reply(200, [comment(1, '<!-- release-conductor:verdicts -->\none')]);
    expect((await forge.upsertComment({ issue: 7, marker: 'verdicts', body: 'one' })).id).toBe(1);
  });

  it.each([
    [
      'somebody copied the marker',
      comment(1, '<!-- release-conductor:verdicts -->\nmine', { login: 'mallory' }),
    ],
    ['the marker stands further below', comment(1, 'hello\n<!-- release-conductor:verdicts -->')],
    ['the marker belongs to another key', comment(1, '<!-- release-conductor:verdicts/2 -->\nother')],
  ])('is not looked for where %s', async (_name, existing) => {
    const { forge, github } = forgeOverStubs();
    github.get(listPath).query(page).reply(200, [existing]);
    github.post(listPath).reply(201, comment(2, 'x'));
    expect((await forge.upsertComment({ issue: 7, marker: 'verdicts', body: 'one' })).id).toBe(2);
  });

  it('is found on the second page', async () => {
    const { forge, github } = forgeOverStubs();
    const others = Array.from({ length: 100 }, (_, index) => comment(index + 10, 'talk', { login: 'alice' }));
    github.get(listPath).query(page).reply(200, others, { link: '<x>; rel="next"' });
    github
      .get(listPath)
      .query({ ...page, page: 2 })
      .reply(200, [comment(1, '<!-- release-conductor:k -->\nsaid')]);
    expect((await forge.ensureComment({ issue: 7, key: 'k', body: 'said' })).id).toBe(1);
  });

  it('cannot be given a key that ends its marker', async () => {
    const { forge, github } = forgeOverStubs();
    github.get(listPath).query(page).reply(200, []);
    github
      .post(listPath, ({ body }) => body.split('-->').length === 2 && !body.includes('<script'))
      .reply(201, comment(1, 'x'));
    await forge.ensureComment({ issue: 7, key: 'a --> <script>\n', body: 'x' });
  });
});

describe('an issue', () => {
  const issue = (number: number, body: string, user: object = ours): object => ({
    number,
    body,
    user,
    state: 'open',
    html_url: `https://github.com/acme/shop/issues/${number}`,
  });
  const query = { ...page, state: 'all', creator: 'release-conductor[bot]' };

  it('is opened once', async () => {
    const { forge, github } = forgeOverStubs();
    const asked = { key: 'release/x#tracking/1', title: 'Release v1', labels: ['release'], body: 'hello' };
    github
      .get('/repos/acme/shop/issues')
      .query(query)
      .reply(200, [issue(3, 'hello', { login: 'alice' })]);
    github.post('/repos/acme/shop/issues').reply(201, issue(4, ''));
    expect((await forge.ensureIssue(asked)).number).toBe(4);

    const marked = '<!-- release-conductor:release/x#tracking/1 -->\nhello';
    github
      .get('/repos/acme/shop/issues')
      .query(query)
      .reply(200, [issue(4, marked)]);
    expect((await forge.ensureIssue(asked)).number).toBe(4);
  });

  it('keeps its marker when its text is changed', async () => {
    const { forge, github } = forgeOverStubs();
    github.get('/repos/acme/shop/issues/4').reply(200, issue(4, '<!-- release-conductor:k -->\nold'));
    github.patch('/repos/acme/shop/issues/4', { body: '<!-- release-conductor:k -->\nnew' }).reply(200, {});
    await forge.updateIssue(4, { body: 'new', state: 'open' });
  });

  it('is left alone when nothing changes', async () => {
    const { forge, github } = forgeOverStubs();
    github.get('/repos/acme/shop/issues/4').reply(200, issue(4, '<!-- release-conductor:k -->\nold'));
    await forge.updateIssue(4, { body: 'old', state: 'open' });
  });
});
