import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalGithub } from '../../../sandbox/github/index.ts';
import { asApp, asUser, commitFiles, type Octokit, octokitOf, repository, startSample } from './support.ts';

let github: LocalGithub;
let installation: Octokit;
let head_sha: string;

beforeAll(async () => {
  github = await startSample();
  installation = asApp(github).installation;
  head_sha = await commitFiles(asUser(github, 'alice'), 'checked', { 'a.txt': 'a' });
});
afterAll(() => github.close());

const annotation = (line: number) => ({
  path: 'migrations/1.sql',
  start_line: line,
  end_line: line,
  annotation_level: 'failure' as const,
  title: 'NOT NULL',
  message: `line ${line}`,
});
const output = (from: number, count: number) => ({
  title: 't',
  summary: 's',
  annotations: Array.from({ length: count }, (_, i) => annotation(from + i)),
});

describe('check runs of the local GitHub', () => {
  it('collect annotations over several requests of at most fifty', async () => {
    const check = { ...repository, name: 'migration-gate', head_sha };
    const { data } = await installation.rest.checks.create({ ...check, output: output(1, 50) });
    const run = { ...repository, check_run_id: data.id };
    await installation.rest.checks.update({ ...run, output: output(51, 20), conclusion: 'failure' });
    const all = await installation.paginate(installation.rest.checks.listAnnotations, {
      ...run,
      per_page: 30,
    });
    expect(all.map(({ start_line }) => start_line)).toEqual(Array.from({ length: 70 }, (_, i) => i + 1));
    expect(all[0]).toMatchObject({ title: 'NOT NULL', annotation_level: 'failure' });
    const tooMany = installation.rest.checks.update({ ...run, output: output(1, 51) });
    await expect(tooMany).rejects.toMatchObject({ status: 422 });
  });

  it('of another app can be read but not changed', async () => {
    const { data } = await installation.rest.checks.create({ ...repository, name: 'policy-ci', head_sha });
    const workflow = { path: '.github/workflows/x.yml', name: 'x', headSha: head_sha, headBranch: 'checked' };
    const { id } = await github.createRun('acme/shop', { ...workflow, event: 'push' });
    const job = octokitOf(github, github.jobToken('acme/shop', id, { checks: 'write' }));
    const change = job.rest.checks.update({ ...repository, check_run_id: data.id, conclusion: 'success' });
    await expect(change).rejects.toMatchObject({ status: 403 });
  });

  it('are listed page by page, the newest of each name first', async () => {
    const sha = await commitFiles(asUser(github, 'alice'), 'many', { 'a.txt': 'many' });
    for (let i = 0; i < 35; i += 1) {
      await installation.rest.checks.create({ ...repository, name: `check-${i % 33}`, head_sha: sha });
    }
    const list = { ...repository, ref: sha, per_page: 10 };
    const latest = await installation.paginate(installation.rest.checks.listForRef, list);
    const every = await installation.paginate(installation.rest.checks.listForRef, {
      ...list,
      filter: 'all',
    });
    expect(latest).toHaveLength(33);
    expect(every).toHaveLength(35);
  });

  it.each([
    ['a commit that does not exist', { head_sha: 'f'.repeat(40) }],
    ['a summary that is too long', { output: { title: 't', summary: 'x'.repeat(65_536) } }],
    ['completion without a conclusion', { status: 'completed' as const }],
  ])('are refused for %s', async (_, more) => {
    const check = { ...repository, name: 'slo-gates', head_sha, ...more };
    await expect(installation.request('POST /repos/{owner}/{repo}/check-runs', check)).rejects.toMatchObject({
      status: 422,
    });
  });
});
