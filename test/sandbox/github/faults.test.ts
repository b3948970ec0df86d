import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LocalGithub } from '../../../sandbox/github/index.ts';
import { asApp, asUser, type Octokit, repository, startSample } from './support.ts';

let github: LocalGithub;
let installation: Octokit;

beforeAll(async () => {
  github = await startSample();
  installation = asApp(github).installation;
});
afterAll(() => github.close());
afterEach(() => github.faults.clear());

const titles = async (): Promise<readonly string[]> =>
  (await installation.rest.issues.listForRepo({ ...repository, state: 'all' })).data.map(
    ({ title }) => title,
  );
const open = (title: string) => installation.rest.issues.create({ ...repository, title });
const issues = { method: 'POST', path: /\/issues$/ };

describe('faults that a test orders', () => {
  it('answer with a status as often as ordered, without doing anything', async () => {
    github.faults.next({ ...issues, kind: 'status', status: 502, times: 2 });
    await expect(open('first')).rejects.toMatchObject({ status: 502 });
    await expect(open('first')).rejects.toMatchObject({ status: 502 });
    expect((await open('first')).status).toBe(201);
    expect((await titles()).filter((title) => title === 'first')).toHaveLength(1);
  });

  it('answer with a secondary limit and its retry-after', async () => {
    github.faults.next({ ...issues, kind: 'status', status: 403, headers: { 'retry-after': '7' } });
    await expect(open('limited')).rejects.toMatchObject({
      status: 403,
      response: { headers: { 'retry-after': '7' } },
    });
  });

  it('commit the write and then say nothing', async () => {
    github.faults.next({ ...issues, kind: 'timeout-after-commit' });
    await expect(open('silent')).rejects.toMatchObject({ status: 500 });
    expect(await titles()).toContain('silent');
  });

  it('say nothing and commit nothing', async () => {
    github.faults.next({ ...issues, kind: 'timeout-before' });
    await expect(open('lost')).rejects.toMatchObject({ status: 500 });
    expect(await titles()).not.toContain('lost');
  });

  it('let as many requests pass first as ordered', async () => {
    github.faults.next({ ...issues, kind: 'status', status: 500, skip: 1 });
    expect((await open('passes')).status).toBe(201);
    await expect(open('fails')).rejects.toMatchObject({ status: 500 });
  });

  it('hit nobody but the one whom they are meant for', async () => {
    const who = 'release-conductor[bot]';
    github.faults.next({ ...issues, kind: 'status', status: 502, who });
    const byAlice = await asUser(github, 'alice').rest.issues.create({ ...repository, title: 'by alice' });
    expect(byAlice.status).toBe(201);
    await expect(open('by the App')).rejects.toMatchObject({ status: 502 });
  });

  it('hit the first request of each path until they end', async () => {
    await open('one');
    await open('two');
    const path = /\/issues\/\d+$/;
    const { hit, end } = github.faults.always({ kind: 'status', status: 502, method: 'GET', path });
    const read = (number: number): Promise<number> =>
      installation.rest.issues.get({ ...repository, issue_number: number }).then(
        ({ status }) => status,
        ({ status }: { status: number }) => status,
      );
    expect([await read(1), await read(1), await read(2), await read(2)]).toEqual([502, 200, 502, 200]);
    expect([...hit]).toEqual(['GET /repos/acme/shop/issues/1', 'GET /repos/acme/shop/issues/2']);
    hit.clear();
    expect([await read(1), await read(1)]).toEqual([502, 200]);
    end();
    expect(await read(2)).toBe(200);
  });

  it('tell which of them never hit', () => {
    github.faults.next({ ...issues, kind: 'timeout-before' });
    expect(github.faults.pending()).toHaveLength(1);
  });
});

describe('the log of requests', () => {
  it('knows who asked for which operation and what was answered', async () => {
    await installation.rest.repos.get(repository);
    expect(github.requests().at(-1)).toMatchObject({
      method: 'GET',
      path: '/repos/acme/shop',
      operation: 'GET /repos/{owner}/{repo}',
      who: 'release-conductor[bot]',
      status: 200,
    });
  });

  it('records a request that is not as GitHub describes it', async () => {
    await installation.request('GET /repos/{owner}/{repo}/pulls', { ...repository, wrong: 'x' });
    expect(github.violations().at(-1)).toMatchObject({
      source: 'request',
      who: 'release-conductor[bot]',
      problems: ['query parameter wrong is unknown'],
    });
  });

  it('records an operation that nobody knows', async () => {
    await expect(installation.request('GET /repos/acme/shop/invented')).rejects.toMatchObject({
      status: 404,
    });
    expect(github.violations().at(-1)?.problems[0]).toContain('not an operation');
  });
});
