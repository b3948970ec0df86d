// biome-ignore-all lint/suspicious/noTemplateCurlyInString: workflow expressions look like templates
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../../core/ports/system.ts';
import { GithubClient } from '../../../sandbox/client.ts';
import { type LocalGithub, startGithub } from '../../../sandbox/github/index.ts';
import { type Platform, startPlatform } from '../../../sandbox/platform/index.ts';
import { type JobRecord, type Runner, startRunner } from '../../../sandbox/runner/index.ts';
import { loadOrganisation } from '../../../sandbox/seed/organisation.ts';

const identity = `on: pull_request
permissions: { id-token: write, issues: write, contents: read }
jobs:
  identity:
    runs-on: ubuntu-latest
    steps:
      - name: claims
        shell: node {0}
        run: |
          const url = process.env.ACTIONS_ID_TOKEN_REQUEST_URL + '&audience=the-conductor';
          const authorization = 'Bearer ' + process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN;
          fetch(url, { headers: { authorization } }).then((answer) => answer.json()).then(({ value }) => {
            const claims = JSON.parse(Buffer.from(value.split('.')[1], 'base64url'));
            console.log('CLAIMS=' + JSON.stringify(claims));
          });
      - name: token
        shell: node {0}
        env: { TOKEN: "\${{ github.token }}" }
        run: |
          const call = (path, body) => fetch(process.env.GITHUB_API_URL + '/repos/acme/shop' + path, {
            method: 'POST', body: JSON.stringify(body),
            headers: { authorization: 'Bearer ' + process.env.TOKEN, 'content-type': 'application/json' },
          }).then((answer) => answer.status);
          (async () => {
            console.log('ISSUE=' + await call('/issues', { title: 'from a job' }));
            console.log('STATUS=' + await call('/statuses/' + process.env.GITHUB_SHA, { state: 'success', context: 'forged' }));
          })();
`;
const onIssues = 'on: issues\njobs: {a: {runs-on: x, steps: [{run: echo looped}]}}\n';

let github: LocalGithub;
let platform: Platform;
let runner: Runner;
let developer: GithubClient;
let lead: GithubClient;

beforeAll(async () => {
  platform = await startPlatform({ log: silentLog });
  const variables = { platformUrl: platform.url, productionUrl: platform.environmentUrl('production') };
  const files = new Map<string, Uint8Array | string>(await loadOrganisation(variables));
  files.delete('.github/workflows/gates.yml');
  files.set('.github/workflows/identity.yml', identity);
  files.set('.github/workflows/issues.yml', onIssues);
  files.set('.github/workflows/dead-man.yml', await readFile('templates/workflows/dead-man.yml'));
  files.set('.github/deploy/dead-man.mjs', await readFile('templates/deploy/dead-man.mjs'));
  github = await startGithub({
    organisation: 'acme',
    users: [
      { login: 'dana', role: 'write' },
      { login: 'lena', role: 'maintain' },
    ],
    repository: { name: 'shop', files },
    app: { permissions: { deployments: 'write' }, events: ['deployment_status'] },
  });
  const [dana, lena] = github.users;
  developer = new GithubClient(github.apiUrl, 'acme/shop', dana?.token ?? '');
  lead = new GithubClient(github.apiUrl, 'acme/shop', lena?.token ?? '');
  const settings = {
    secrets: { PLATFORM_TOKEN: platform.deployToken },
    variables: { PLATFORM_URL: platform.url },
  };
  runner = startRunner({ github, bundleDirectory: process.cwd(), settings: () => settings, log: silentLog });
});
afterAll(async () => {
  await runner.close();
  await platform.close();
  await github.close();
});

async function jobOf(path: string): Promise<JobRecord> {
  await runner.idle();
  const run = runner.runs().findLast((one) => one.run.path === path);
  const job = run?.jobs[0];
  if (job === undefined) throw new Error(`no job of ${path}: ${JSON.stringify(run?.problems)}`);
  return job;
}

describe('workflows on the local GitHub', () => {
  it('run for a pull request, are seen through the API, and prove who they are', async () => {
    const head = await developer.commit('topic', 'docs: a word', new Map([['docs/word.md', 'word\n']]));
    const number = await developer.openPullRequest('docs: a word', 'topic');
    const job = await jobOf('.github/workflows/identity.yml');
    expect(job.conclusion).toBe('success');
    const { workflow_runs: runs } = await lead.expect('GET', '/actions/runs');
    const run = runs.find((one: { path: string }) => one.path === '.github/workflows/identity.yml');
    expect(run).toMatchObject({
      head_sha: head,
      status: 'completed',
      conclusion: 'success',
      event: 'pull_request',
    });
    const claims = JSON.parse(/CLAIMS=(.*)/.exec(job.steps[0]?.log ?? '')?.[1] ?? '{}') as Record<
      string,
      string
    >;
    expect(claims).toMatchObject({
      aud: 'the-conductor',
      iss: github.oidcIssuer,
      repository: 'acme/shop',
      run_id: String(run.id),
      workflow_ref: `acme/shop/.github/workflows/identity.yml@refs/pull/${number}/merge`,
      actor: 'dana',
    });
  });

  it('have a token of exactly their permissions, and start no further workflows with it', async () => {
    const job = await jobOf('.github/workflows/identity.yml');
    expect(job.steps[1]?.log).toContain('ISSUE=201');
    expect(job.steps[1]?.log).toContain('STATUS=403');
    expect(runner.runs().filter((run) => run.run.event === 'issues')).toEqual([]);
    await developer.expect('POST', '/issues', { title: 'from a person' });
    await runner.idle();
    expect(runner.runs().filter((run) => run.run.event === 'issues')).toHaveLength(1);
  });

  it('carry out a deployment and report it, as GitHub describes every request', async () => {
    const sha = await lead.headOf('main');
    await lead.tag('v1.0.0', sha);
    const payload = { schema_version: 1, release: 'v1.0.0', version: 'v1.0.0', step: 0, weight: 100 };
    const deployment = await lead.expect('POST', '/deployments', {
      ref: 'v1.0.0',
      task: 'promote',
      environment: 'stage',
      auto_merge: false,
      required_contexts: [],
      payload,
    });
    const job = await jobOf('.github/workflows/deploy.yml');
    expect(job.annotations).toEqual([]);
    const statuses = await lead.expect('GET', `/deployments/${deployment.id}/statuses`);
    expect(statuses.map((status: { state: string }) => status.state)).toEqual(['success', 'in_progress']);
    expect(platform.weights('stage')).toEqual({ 'v1.0.0': 100 });
    expect((await fetch(`${platform.environmentUrl('stage')}/products`)).status).toBe(200);
    expect(github.violations().filter(({ source }) => source !== 'emulate')).toEqual([]);
  });

  it('give the traffic back by themselves when the Conductor is silent for longer than the lease', async () => {
    const order = (version: string, weight: number, more = {}): Promise<{ id: number }> =>
      lead.expect('POST', '/deployments', {
        ref: version,
        task: 'promote',
        environment: 'production',
        auto_merge: false,
        required_contexts: [],
        payload: { schema_version: 1, release: version, version, step: 1, weight, ...more },
      });
    const sha = await lead.headOf('main');
    await lead.tag('v1.1.0', sha);
    await lead.tag('v1.2.0', sha);
    await order('v1.1.0', 100);
    await runner.idle();
    const { number: issue } = await lead.expect('POST', '/issues', { title: 'Release v1.2.0' });
    const lease = { issue, silence_ms: 1, back_to: { version: 'v1.1.0', sha } };
    await order('v1.2.0', 10, { lease });
    await runner.idle();
    expect(platform.weights('production')).toEqual({ 'v1.1.0': 90, 'v1.2.0': 10 });

    await lead.expect('POST', '/actions/workflows/dead-man.yml/dispatches', { ref: 'main' });
    const job = await jobOf('.github/workflows/dead-man.yml');
    expect(job.annotations).toEqual([]);
    expect(job.conclusion).toBe('success');
    expect(platform.weights('production')).toEqual({ 'v1.1.0': 100 });
    const [newest] = await lead.expect('GET', '/deployments?environment=production');
    expect(newest).toMatchObject({ task: 'rollback', payload: { version: 'v1.1.0', weight: 100 } });
    const comments = await lead.expect('GET', `/issues/${issue}/comments`);
    expect(comments.at(-1).body).toContain('goes back to `v1.1.0` by itself');

    await lead.expect('POST', '/actions/workflows/dead-man.yml/dispatches', { ref: 'main' });
    expect((await jobOf('.github/workflows/dead-man.yml')).steps.map(({ log }) => log).join()).toContain(
      'no canary is under way',
    );
  });
});
