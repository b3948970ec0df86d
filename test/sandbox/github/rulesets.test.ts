import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LocalGithub } from '../../../sandbox/github/index.ts';
import { asApp, asUser, commitFiles, type Octokit, octokitOf, repository, startSample } from './support.ts';

let github: LocalGithub;
let alice: Octokit;
let bob: Octokit;
let installation: Octokit;
let rulesetId: number;
let pull: { readonly number: number; readonly sha: string };
let count = 0;

const protection = {
  ...repository,
  name: 'release gates',
  target: 'branch' as const,
  enforcement: 'active' as const,
  conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
  rules: [
    { type: 'deletion' as const },
    { type: 'non_fast_forward' as const },
    {
      type: 'pull_request' as const,
      parameters: {
        required_approving_review_count: 0,
        dismiss_stale_reviews_on_push: false,
        require_code_owner_review: false,
        require_last_push_approval: false,
        required_review_thread_resolution: false,
      },
    },
    {
      type: 'required_status_checks' as const,
      parameters: {
        strict_required_status_checks_policy: false,
        required_status_checks: [{ context: 'slo-gates', integration_id: 4711 }],
      },
    },
  ],
};

beforeAll(async () => {
  github = await startSample();
  alice = asUser(github, 'alice');
  bob = asUser(github, 'bob');
  installation = asApp(github).installation;
  rulesetId = (await installation.rest.repos.createRepoRuleset(protection)).data.id;
});
afterAll(() => github.close());

beforeEach(async () => {
  count += 1;
  const head = `feature-${count}`;
  const sha = await commitFiles(bob, head, { [`${head}.txt`]: 'x' });
  const { data } = await bob.rest.pulls.create({ ...repository, title: head, head, base: 'main' });
  pull = { number: data.number, sha };
});

const merge = () => bob.rest.pulls.merge({ ...repository, pull_number: pull.number });
const gate = { ...repository, name: 'slo-gates' };

describe('a ruleset that pins a check to the App', () => {
  it('refuses the merge until the App’s check is success, and says what is missing', async () => {
    await expect(merge()).rejects.toMatchObject({
      status: 405,
      message: expect.stringContaining('Required status check "slo-gates" is expected.'),
    });
    const { data } = await bob.rest.pulls.get({ ...repository, pull_number: pull.number });
    expect(data.mergeable_state).toBe('blocked');

    const check = await installation.rest.checks.create({
      ...gate,
      head_sha: pull.sha,
      status: 'in_progress',
    });
    await expect(merge()).rejects.toMatchObject({ status: 405 });
    await installation.rest.checks.update({
      ...repository,
      check_run_id: check.data.id,
      conclusion: 'success',
    });
    expect((await merge()).data.merged).toBe(true);
  });

  it('is not satisfied by a workflow that forges the check', async () => {
    const run = await github.createRun('acme/shop', {
      path: '.github/workflows/evil.yml',
      name: 'evil',
      headSha: pull.sha,
      headBranch: 'evil',
      event: 'pull_request',
    });
    const job = octokitOf(
      github,
      github.jobToken('acme/shop', run.id, { checks: 'write', statuses: 'write' }),
    );
    const { data } = await job.rest.checks.create({ ...gate, head_sha: pull.sha, conclusion: 'success' });
    await job.rest.repos.createCommitStatus({
      ...repository,
      sha: pull.sha,
      state: 'success',
      context: 'slo-gates',
    });
    expect(data.app?.id).toBe(15368);
    await expect(merge()).rejects.toMatchObject({ status: 405 });
  });

  it('is not satisfied by a person’s commit status of the same name', async () => {
    const status = { ...repository, sha: pull.sha, state: 'success' as const, context: 'slo-gates' };
    await bob.rest.repos.createCommitStatus(status);
    await expect(merge()).rejects.toMatchObject({ status: 405 });
  });

  it('looks at the newest check run only', async () => {
    await installation.rest.checks.create({ ...gate, head_sha: pull.sha, conclusion: 'success' });
    await installation.rest.checks.create({ ...gate, head_sha: pull.sha, conclusion: 'failure' });
    await expect(merge()).rejects.toMatchObject({ status: 405 });
  });

  it('asks again after a push', async () => {
    await installation.rest.checks.create({ ...gate, head_sha: pull.sha, conclusion: 'success' });
    await commitFiles(bob, `feature-${count}`, { 'more.txt': String(count) });
    await expect(merge()).rejects.toMatchObject({ status: 405 });
  });

  it('refuses a direct push, also through the contents API', async () => {
    const pushed = bob.rest.git.updateRef({ ...repository, ref: 'heads/main', sha: pull.sha });
    await expect(pushed).rejects.toMatchObject({ status: 422 });
    const written = bob.rest.repos.createOrUpdateFileContents({
      ...repository,
      path: 'direct.txt',
      message: 'x',
      content: 'eA==',
    });
    await expect(written).rejects.toMatchObject({ status: 422 });
  });

  it('keeps the branch from deletion', async () => {
    const deleted = alice.rest.git.deleteRef({ ...repository, ref: 'heads/main' });
    await expect(deleted).rejects.toMatchObject({ status: 422 });
  });

  it('shows its rules for the branch, with the ruleset that they come from', async () => {
    const { data } = await bob.rest.repos.getBranchRules({ ...repository, branch: 'main' });
    expect(data.map(({ type }) => type)).toEqual([
      'deletion',
      'non_fast_forward',
      'pull_request',
      'required_status_checks',
    ]);
    expect(data[0]).toMatchObject({ ruleset_id: rulesetId, ruleset_source: 'acme/shop' });
  });

  it('lets pass who may bypass it, and reads an omitted bypass mode as always', async () => {
    const { data } = await alice.rest.repos.createRepoRuleset({
      ...protection,
      name: 'tags',
      target: 'tag',
      conditions: { ref_name: { include: ['refs/tags/v*'], exclude: [] } },
      rules: [{ type: 'creation' }],
      bypass_actors: [{ actor_id: 4711, actor_type: 'Integration' }],
    });
    expect(data.bypass_actors).toEqual([
      { actor_id: 4711, actor_type: 'Integration', bypass_mode: 'always' },
    ]);
    const tag = { ...repository, ref: 'refs/tags/v7', sha: pull.sha };
    await expect(bob.rest.git.createRef(tag)).rejects.toMatchObject({ status: 422 });
    expect((await installation.rest.git.createRef(tag)).status).toBe(201);
  });

  it('refuses a rule that it would not enforce', async () => {
    const unknown = alice.rest.repos.createRepoRuleset({
      ...protection,
      rules: [{ type: 'required_signatures' }],
    });
    await expect(unknown).rejects.toMatchObject({ status: 422 });
  });

  it('lets everything pass once it is deleted', async () => {
    await alice.rest.repos.deleteRepoRuleset({ ...repository, ruleset_id: rulesetId });
    expect((await merge()).data.merged).toBe(true);
  });
});
