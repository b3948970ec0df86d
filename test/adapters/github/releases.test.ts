import { describe, expect, it } from 'vitest';
import { forgeOverStubs } from './support.ts';

const listPath = '/repos/acme/shop/releases';
const query = { per_page: 100, page: 1 };
const draft = { tag: 'v1.1.0', sha: 'a'.repeat(40), title: 'v1.1.0', body: 'notes' };
const release = (change: object = {}): object => ({
  id: 7,
  tag_name: draft.tag,
  draft: true,
  html_url: 'https://github.com/acme/shop/releases/v1.1.0',
  upload_url: 'https://uploads.github.com/repos/acme/shop/releases/7/assets{?name,label}',
  body: 'notes',
  ...change,
});

describe('a release', () => {
  it('is made as a draft: published empty, it could never be filled', async () => {
    const { forge, github } = forgeOverStubs();
    github.get(listPath).query(query).reply(200, []);
    github.post(listPath, (body) => body.draft === true && body.tag_name === draft.tag).reply(201, release());
    expect(await forge.ensureDraftRelease(draft)).toEqual({ id: 7, draft: true });
  });

  it.each([true, false])('is made once: one that is there already is taken (draft: %s)', async (isDraft) => {
    const { forge, github } = forgeOverStubs();
    const other = release({ id: 6, tag_name: 'v1.0.0' });
    github
      .get(listPath)
      .query(query)
      .reply(200, [other, release({ draft: isDraft })]);
    expect(await forge.ensureDraftRelease(draft)).toEqual({ id: 7, draft: isDraft });
  });

  it('is published with its notes', async () => {
    const { forge, github } = forgeOverStubs();
    github.get(`${listPath}/7`).reply(200, release());
    github
      .patch(`${listPath}/7`, { draft: false, body: 'final' })
      .reply(200, release({ draft: false, body: 'final' }));
    expect((await forge.publishRelease(7, 'final')).url).toContain('/releases/v1.1.0');
  });

  it('is published once: when that was done before, nothing is written', async () => {
    const { forge, github } = forgeOverStubs();
    github.get(`${listPath}/7`).reply(200, release({ draft: false, body: 'final' }));
    expect((await forge.publishRelease(7, 'final')).url).toContain('/releases/v1.1.0');
  });
});
