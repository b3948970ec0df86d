import { describe, expect, it } from 'vitest';
import { forgeOverStubs } from './support.ts';

const path = '/repos/acme/shop/check-runs';
const listPath = `/repos/acme/shop/commits/${'a'.repeat(40)}/check-runs`;
const query = { check_name: 'slo-gates', filter: 'all', per_page: 100, page: 1 };

const input = {
  externalId: 'change/x#check/1',
  sha: 'a'.repeat(40),
  name: 'slo-gates',
  status: 'completed',
  conclusion: 'failure',
  title: 'No',
  summary: 'Not yet.',
  annotations: [],
} as const;

const annotations = (count: number): (typeof annotation)[] => Array.from({ length: count }, () => annotation);
const annotation = {
  path: 'a.sql',
  startLine: 1,
  endLine: 1,
  level: 'failure',
  title: 't',
  message: 'm',
} as const;

function check(id: number, rest: object = {}): object {
  return {
    id,
    status: 'queued',
    conclusion: null,
    external_id: 'change/x#check/0',
    app: { slug: 'release-conductor' },
    output: { title: null, annotations_count: 0 },
    ...rest,
  };
}

const listed = (...check_runs: object[]): object => ({ total_count: check_runs.length, check_runs });
const sizeOf = (body: unknown): number =>
  (body as { output: { annotations?: unknown[] } }).output.annotations?.length ?? 0;

describe('the check of another app', () => {
  it('is read to the last page, whatever stands on the first: another page may hold the newest', async () => {
    const { forge, github } = forgeOverStubs();
    const ci = (id: number, conclusion: string, slug = 'ci') =>
      check(id, { status: 'completed', conclusion, app: { slug } });
    const first = Array.from({ length: 100 }, (_, n) => ci(100 + n, 'success', n < 50 ? 'ci' : 'other'));
    github
      .get(listPath)
      .query(query)
      .reply(200, listed(...first));
    const second = listed(ci(300, 'success', 'other'), ci(299, 'failure'), ci(1, 'success'));
    github
      .get(listPath)
      .query({ ...query, page: 2 })
      .reply(200, second);
    expect(await forge.readCheck('a'.repeat(40), { name: 'slo-gates', app: 'ci' })).toBe('failure');
  });
});

describe("the App's checks", () => {
  it('are made when there is none, annotations fifty at a time', async () => {
    const { forge, github } = forgeOverStubs();
    const sizes: number[] = [];
    const keep = (body: unknown): boolean => sizes.push(sizeOf(body)) > 0;
    github.get(listPath).query(query).reply(200, listed());
    github.post(path, keep).reply(201, check(5));
    github.patch(`${path}/5`, keep).twice().reply(200, check(5));
    expect(await forge.publishCheck({ ...input, annotations: annotations(120) })).toEqual({ id: 5 });
    expect(new Set(sizes)).toEqual(new Set([50, 20]));
  });

  it('are updated while they are open, in one request', async () => {
    const { forge, github } = forgeOverStubs();
    github
      .get(listPath)
      .query(query)
      .reply(200, listed(check(5)));
    github
      .patch(`${path}/5`, (body) => body.conclusion === 'failure' && sizeOf(body) === 2)
      .reply(200, check(5));
    await forge.publishCheck({ ...input, annotations: annotations(2) });
  });

  it('begin anew after one that was completed', async () => {
    const { forge, github } = forgeOverStubs();
    github
      .get(listPath)
      .query(query)
      .reply(200, listed(check(5, { status: 'completed', conclusion: 'success' })));
    github.post(path, (body) => body.external_id === input.externalId).reply(201, check(6));
    expect(await forge.publishCheck(input)).toEqual({ id: 6 });
  });

  it('are not written twice: a crash after the write finds them by their external id', async () => {
    const { forge, github } = forgeOverStubs();
    const written = check(5, { status: 'completed', conclusion: 'failure', external_id: input.externalId });
    github.get(listPath).query(query).reply(200, listed(written));
    expect(await forge.publishCheck(input)).toEqual({ id: 5 });
  });

  it('get the annotations that a crash left out, and no others', async () => {
    const { forge, github } = forgeOverStubs();
    const written = check(5, {
      status: 'completed',
      conclusion: 'failure',
      external_id: input.externalId,
      output: { title: 'No', annotations_count: 50 },
    });
    github.get(listPath).query(query).reply(200, listed(written));
    github.patch(`${path}/5`, (body) => sizeOf(body) === 10).reply(200, written);
    await forge.publishCheck({ ...input, annotations: annotations(60) });
  });

  it("leave another app's check of the same name alone", async () => {
    const { forge, github } = forgeOverStubs();
    const foreign = check(5, { app: { slug: 'github-actions' }, external_id: input.externalId });
    github.get(listPath).query(query).reply(200, listed(foreign));
    github.post(path).reply(201, check(6));
    expect(await forge.publishCheck(input)).toEqual({ id: 6 });
  });
});
