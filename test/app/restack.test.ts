import { expect, it } from 'vitest';
import { gateNames } from '../../core/gate/names.ts';
import { octokitOf } from '../sandbox/github/support.ts';
import {
  commitFiles,
  eventually,
  repository,
  startWorld,
  submitAll,
  type World,
  workflowPath,
} from './world.ts';

const pullRequests = 25;
const foreignChecks = 32;
/** What one pull request may cost, from its push to five verdicts; GitHub allows an installation 5,000 calls an hour. */
const mostCalls = 60;

const branchOf = (n: number): string => `stack-${n}`;

/** Every call of the App since `from`, what it does by schedule included. */
function callsSince(world: World, from: number) {
  return world.github
    .requests()
    .slice(from)
    .filter(({ who }) => who.startsWith(world.github.app.slug));
}

/** The checks of everybody else, as GitHub Actions reports them on a push. */
async function reportForeignChecks(world: World, sha: string, branch: string): Promise<void> {
  const run = { path: workflowPath, name: 'build', headSha: sha, headBranch: branch, event: 'pull_request' };
  const { id } = await world.github.createRun('acme/shop', run);
  const jobs = octokitOf(world.github, world.github.jobToken('acme/shop', id, { checks: 'write' }));
  for (let n = 1; n < foreignChecks; n += 1)
    await jobs.rest.checks.create({ ...repository, name: `job ${n}`, head_sha: sha, conclusion: 'success' });
}

const hasVerdicts = (world: World, sha: string): Promise<true> =>
  eventually(async () => {
    const { data } = await world.alice.rest.checks.listForRef({ ...repository, ref: sha, per_page: 100 });
    const own = data.check_runs.filter(({ app }) => app?.slug === world.github.app.slug);
    const passed = own.filter(({ conclusion }) => conclusion === 'success').map(({ name }) => name);
    return new Set(passed).size === gateNames.length ? true : null;
  });

it('scenario 11: 25 pull requests restacked, with 32 checks of others each, cost a bounded number of calls and have one comment each', async () => {
  const world = await startWorld();
  const numbers: number[] = [];
  for (let n = 0; n < pullRequests; n += 1) {
    await commitFiles(world.alice, branchOf(n), { [`stack/${n}.txt`]: 'first' });
    const pull = { ...repository, head: branchOf(n), base: 'main', title: `Part ${n}` };
    numbers.push((await world.alice.rest.pulls.create(pull)).data.number);
  }
  await world.github.settled();
  const before = world.github.requests().length;

  const heads: string[] = [];
  for (let n = 0; n < pullRequests; n += 1) {
    const sha = await commitFiles(world.alice, branchOf(n), { [`stack/${n}.txt`]: 'restacked' });
    await reportForeignChecks(world, sha, branchOf(n));
    heads.push(sha);
  }
  for (const [n, sha] of heads.entries())
    await submitAll(world, { sha, branch: branchOf(n), ref: `refs/heads/${branchOf(n)}` });
  for (const sha of heads) await hasVerdicts(world, sha);

  for (const number of numbers) {
    const { data } = await world.alice.rest.issues.listComments({ ...repository, issue_number: number });
    expect(data).toHaveLength(1);
  }
  const calls = callsSince(world, before);
  const perPullRequest = calls.length / pullRequests;
  const free = calls.filter(({ status }) => status === 304).length;
  console.info(
    `${calls.length} calls, ${perPullRequest.toFixed(1)} for each pull request, ${free} answered 304`,
  );
  expect(perPullRequest).toBeLessThan(mostCalls);
  // Whoever reads checks names the one that is meant: those of others are never listed.
  const reads = calls.filter(
    ({ operation }) => operation?.startsWith('GET') && operation.endsWith('/check-runs'),
  );
  expect(reads.filter(({ query }) => !query.includes('check_name='))).toEqual([]);
  expect(world.github.requests().filter(({ status }) => status >= 500)).toEqual([]);
  expect(world.github.deliveries().filter(({ status }) => status >= 500)).toEqual([]);
}, 240_000);
