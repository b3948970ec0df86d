import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LocalGithub } from '../../../sandbox/github/index.ts';
import {
  appEvents,
  appPermissions,
  asApp,
  asUser,
  commitFiles,
  type Octokit,
  octokitOf,
  repository,
  startReceiver,
  startSample,
} from './support.ts';

let github: LocalGithub;
let alice: Octokit;
let bob: Octokit;
let installation: Octokit;
let hook: Awaited<ReturnType<typeof startReceiver>>;

beforeAll(async () => {
  const events = [...appEvents, 'branch_protection_rule'];
  github = await startSample({ app: { permissions: appPermissions, events } });
  [alice, bob] = [asUser(github, 'alice'), asUser(github, 'bob')];
  ({ installation } = asApp(github));
  hook = await startReceiver();
  github.setWebhookUrl(hook.url);
});
afterAll(async () => {
  await hook.close();
  await github.close();
});

const org = 'acme';
const main = { ...repository, branch: 'main' };
const everywhere = {
  ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] },
  repository_name: { include: ['~ALL'], exclude: ['docs*'] },
};
const gate = (appId?: number) => ({
  type: 'required_status_checks' as const,
  parameters: {
    strict_required_status_checks_policy: false,
    required_status_checks: [
      { context: 'slo-gates', ...(appId === undefined ? {} : { integration_id: appId }) },
    ],
  },
});

async function pullOf(branch: string) {
  const sha = await commitFiles(bob, branch, { [`${branch}.txt`]: 'x' });
  const { data } = await bob.rest.pulls.create({ ...repository, title: branch, head: branch, base: 'main' });
  return { sha, merge: (who: Octokit) => who.rest.pulls.merge({ ...repository, pull_number: data.number }) };
}

it('an organisation’s ruleset binds its repositories, which see it and cannot change it', async () => {
  const made = await alice.rest.repos.createOrgRuleset({
    org,
    name: 'gates everywhere',
    target: 'branch',
    enforcement: 'active',
    conditions: everywhere,
    bypass_actors: [{ actor_id: 1, actor_type: 'OrganizationAdmin', bypass_mode: 'always' }],
    rules: [gate(github.app.appId)],
  });
  const { id } = made.data;
  await expect(bob.rest.repos.getOrgRulesets({ org })).rejects.toMatchObject({ status: 403 });
  await expect(installation.rest.repos.getOrgRulesets({ org })).rejects.toMatchObject({ status: 403 });

  const own = await installation.rest.repos.createRepoRuleset({
    ...repository,
    name: 'own',
    enforcement: 'active',
    conditions: { ref_name: { include: ['~ALL'], exclude: [] } },
    rules: [{ type: 'deletion' }],
  });
  const all = await bob.rest.repos.getRepoRulesets(repository);
  expect(all.data.map(({ name, source_type: type, source }) => ({ name, type, source }))).toEqual([
    { name: 'own', type: 'Repository', source: 'acme/shop' },
    { name: 'gates everywhere', type: 'Organization', source: 'acme' },
  ]);
  const ours = await bob.rest.repos.getRepoRulesets({ ...repository, includes_parents: false });
  expect(ours.data.map(({ name }) => name)).toEqual(['own']);
  const seen = await installation.rest.repos.getRepoRuleset({ ...repository, ruleset_id: id });
  expect(seen.data).not.toHaveProperty('bypass_actors');
  expect(
    (await alice.rest.repos.getRepoRuleset({ ...repository, ruleset_id: id })).data.bypass_actors,
  ).toEqual([expect.objectContaining({ actor_type: 'OrganizationAdmin' })]);
  for (const change of [
    installation.rest.repos.updateRepoRuleset({ ...repository, ruleset_id: id, enforcement: 'disabled' }),
    installation.rest.repos.deleteRepoRuleset({ ...repository, ruleset_id: id }),
  ]) {
    await expect(change).rejects.toMatchObject({ status: 404 });
  }
  const rules = await bob.rest.repos.getBranchRules(main);
  expect(rules.data.map((rule) => `${rule.type} ${rule.ruleset_source_type}`)).toEqual([
    'deletion Repository',
    'required_status_checks Organization',
  ]);
  expect((await bob.rest.repos.getBranch(main)).data).toMatchObject({
    protected: true,
    protection: { enabled: false },
  });

  const { merge } = await pullOf('above');
  await expect(merge(bob)).rejects.toMatchObject({ status: 405 });
  expect((await merge(alice)).data.merged).toBe(true);
  await alice.rest.repos.updateOrgRuleset({
    org,
    ruleset_id: id,
    conditions: { ...everywhere, repository_name: { include: ['docs'], exclude: [] } },
  });
  expect((await bob.rest.repos.getBranchRules(main)).data.map(({ type }) => type)).toEqual(['deletion']);
  await alice.rest.repos.deleteOrgRuleset({ org, ruleset_id: id });
  await installation.rest.repos.deleteRepoRuleset({ ...repository, ruleset_id: own.data.id });
});

it('classic protection holds a branch beside the rulesets, and administrators go past it unless it says otherwise', async () => {
  const protect = (change: object = {}) =>
    alice.rest.repos.updateBranchProtection({
      ...main,
      required_status_checks: {
        strict: false,
        contexts: [],
        checks: [
          { context: 'slo-gates', app_id: github.app.appId },
          { context: 'build', app_id: -1 },
        ],
      },
      enforce_admins: false,
      required_pull_request_reviews: null,
      restrictions: null,
      ...change,
    });
  await expect(alice.rest.repos.getBranchProtection(main)).rejects.toMatchObject({
    status: 404,
    message: expect.stringContaining('Branch not protected'),
  });
  await protect();
  const { data } = await installation.rest.repos.getBranchProtection(main);
  expect(data.required_status_checks?.checks).toEqual([
    { context: 'slo-gates', app_id: github.app.appId },
    { context: 'build', app_id: null },
  ]);
  expect(data.enforce_admins?.enabled).toBe(false);
  // Whoever may read the repository sees which checks it asks for, and no more.
  await expect(bob.rest.repos.getBranchProtection(main)).rejects.toMatchObject({ status: 404 });
  const run = await github.createRun('acme/shop', {
    path: '.github/workflows/a.yml',
    name: 'a',
    headSha: (await bob.rest.repos.getBranch(main)).data.commit.sha,
    headBranch: 'main',
    event: 'push',
  });
  const job = octokitOf(github, github.jobToken('acme/shop', run.id, { contents: 'read' }));
  await expect(job.rest.repos.getBranchProtection(main)).rejects.toMatchObject({ status: 403 });
  expect((await job.rest.repos.getBranch(main)).data.protection.required_status_checks).toMatchObject({
    enforcement_level: 'non_admins',
    checks: [
      { context: 'slo-gates', app_id: github.app.appId },
      { context: 'build', app_id: null },
    ],
  });
  expect((await bob.rest.repos.getBranchRules(main)).data).toEqual([]);

  const first = await pullOf('one');
  await expect(first.merge(bob)).rejects.toMatchObject({ status: 405 });
  expect((await first.merge(alice)).data.merged).toBe(true);
  await protect({ enforce_admins: true });
  const second = await pullOf('two');
  await expect(second.merge(alice)).rejects.toMatchObject({ status: 405 });
  const set = (name: string) =>
    installation.rest.checks.create({ ...repository, name, head_sha: second.sha, conclusion: 'success' });
  await set('slo-gates');
  await set('build');
  expect((await second.merge(bob)).data.merged).toBe(true);

  // Omitted, GitHub pins a check to the app that set it last.
  const pinned = await protect({
    required_status_checks: { strict: false, contexts: [], checks: [{ context: 'build' }] },
    lock_branch: true,
  });
  expect(pinned.data.required_status_checks?.checks).toEqual([
    { context: 'build', app_id: github.app.appId },
  ]);
  await expect((await pullOf('three')).merge(bob)).rejects.toMatchObject({ status: 405 });
  await expect(protect({ restrictions: { users: ['bob'], teams: [] } })).rejects.toMatchObject({
    status: 422,
  });
  await alice.rest.repos.deleteBranchProtection(main);
  await github.settled();
  expect(hook.names().filter((name) => name.startsWith('branch_protection_rule'))).toEqual(
    ['created', 'edited', 'edited', 'deleted'].map((action) => `branch_protection_rule.${action}`),
  );
  expect(github.violations()).toEqual([]);
});
