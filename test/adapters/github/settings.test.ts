import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { githubForge } from '../../../adapters/github/index.ts';
import { governanceSchema } from '../../../core/config/governance.ts';
import { nothingAbove, tellAbove } from '../../../core/governance/above.ts';
import { desiredSettings } from '../../../core/governance/desired.ts';
import { namesIn } from '../../../core/governance/directory.ts';
import { planGovernance } from '../../../core/governance/plan.ts';
import type { RepositorySettings } from '../../../core/ports/repository-settings.ts';
import type { LocalGithub } from '../../../sandbox/github/index.ts';
import { asApp, asUser, repository, startSample } from '../../sandbox/github/support.ts';

const ownApp = 'release-conductor';
const config = governanceSchema.parse({
  deletes: true,
  rulesets: {
    main: {
      bypass: [{ team: 'release-managers' }, { organization_admin: true, mode: 'always' }],
      pull_request: { approvals: 2 },
      required_checks: { up_to_date: true },
    },
    tags: { target: 'tag', include: ['refs/tags/v*'], block: ['update', 'deletion'] },
  },
  environments: {
    production: {
      reviewers: { teams: ['release-managers'], users: ['Mia'] },
      refs: { branches: ['main'], tags: ['v*'] },
    },
    stage: { refs: 'all', conductor: false },
  },
  labels: { preview: { color: '1d76db', description: 'Wants a preview' } },
});

let github: LocalGithub;
let settings: RepositorySettings;

beforeAll(async () => {
  github = await startSample();
  const octokit = asApp(github).installation;
  settings = githubForge({ octokit, repository: 'acme/shop', appSlug: ownApp }).settings;
});
afterAll(() => github.close());

const plan = async () => {
  const directory = await settings.resolve(namesIn(desiredSettings(config, ownApp)));
  return { directory, ...planGovernance(config, await settings.read(directory), ownApp) };
};

const carryOut = async () => {
  const { changes, directory } = await plan();
  for (const change of changes) await settings.apply(change, directory);
};

describe('the settings of a repository on GitHub', () => {
  it('are as wanted after the plan, and stay so: nothing is written twice', async () => {
    await carryOut();
    expect((await plan()).changes).toEqual([]);
  });

  it('hold the checks to the App, by its id', async () => {
    const { data } = await asUser(github, 'alice').rest.repos.getBranchRules({
      ...repository,
      branch: 'main',
    });
    const checks = data.find(({ type }) => type === 'required_status_checks');
    expect(JSON.stringify(checks)).toContain(`{"context":"policy-ci","integration_id":${github.app.appId}}`);
  });

  it('show what an admin changed behind our back, and are put right', async () => {
    const admin = asUser(github, 'alice').rest.repos;
    const { data: rulesets } = await admin.getRepoRulesets(repository);
    const main = rulesets.find(({ name }) => name === 'main');
    await admin.updateRepoRuleset({
      ...repository,
      ruleset_id: main?.id ?? 0,
      bypass_actors: [{ actor_id: 4, actor_type: 'RepositoryRole', bypass_mode: 'always' }],
    });
    await admin.createOrUpdateEnvironment({ ...repository, environment_name: 'production' });
    const { changes } = await plan();
    expect(changes.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'ruleset main',
      'environment production',
    ]);
    expect(changes[0]?.details).toContain('bypass: − role:write (always)');
    await carryOut();
    expect((await plan()).changes).toEqual([]);
  });

  it('keep their names in the letters that are declared, and what hangs on them', async () => {
    const { issues } = asUser(github, 'alice').rest;
    const { data: issue } = await issues.create({ ...repository, title: 'a', labels: ['preview'] });
    await issues.updateLabel({ ...repository, name: 'preview', new_name: 'PREVIEW' });
    expect((await plan()).changes).toMatchObject([{ kind: 'label', details: ['name: PREVIEW → preview'] }]);
    await carryOut();
    expect((await plan()).changes).toEqual([]);
    const { data } = await issues.get({ ...repository, issue_number: issue.number });
    expect(data.labels).toMatchObject([{ name: 'preview' }]);
  });

  it('are made under a new name before the old one goes, and only where deletes are asked for', async () => {
    const { rulesets, ...rest } = config;
    const { tags, ...others } = rulesets;
    const renamed = { ...rest, rulesets: { ...others, releases: tags as NonNullable<typeof tags> } };
    const directory = await settings.resolve(namesIn(desiredSettings(renamed, ownApp)));
    const live = await settings.read(directory);
    const kept = planGovernance({ ...renamed, deletes: false }, live, ownApp);
    expect(kept.changes.map(({ name, after }) => [name, after === null])).toEqual([['releases', false]]);
    expect(kept.kept).toContain('ruleset tags');
    const { changes } = planGovernance(renamed, live, ownApp);
    expect(changes.map(({ name, after }) => [name, after === null])).toEqual([
      ['releases', false],
      ['tags', true],
    ]);
  });

  it('lose what nobody declared, when deletes are asked for', async () => {
    const admin = asUser(github, 'alice').rest;
    await admin.issues.createLabel({ ...repository, name: 'stray', color: '000000' });
    await admin.repos.createOrUpdateEnvironment({ ...repository, environment_name: 'preview/pr-7' });
    expect((await plan()).changes.map(({ name, after }) => [name, after])).toEqual([['stray', null]]);
    await carryOut();
    expect((await plan()).changes).toEqual([]);
  });

  it('tell what binds the repository beside them, and leave it alone', async () => {
    const admin = asUser(github, 'alice').rest.repos;
    const everywhere = {
      ref_name: { include: ['~ALL'], exclude: [] },
      repository_name: { include: ['~ALL'], exclude: [] },
    };
    const rules = (name: string, approvals: number) => ({
      org: 'acme',
      name,
      enforcement: 'active' as const,
      conditions: everywhere,
      rules: [
        {
          type: 'pull_request' as const,
          parameters: {
            required_approving_review_count: approvals,
            dismiss_stale_reviews_on_push: true,
            require_code_owner_review: true,
            require_last_push_approval: true,
            required_review_thread_resolution: true,
          },
        },
      ],
    });
    const { data: twin } = await admin.createOrgRuleset(rules('main', 3));
    await admin.updateBranchProtection({
      ...repository,
      branch: 'main',
      required_status_checks: { strict: true, contexts: [], checks: [{ context: 'build', app_id: -1 }] },
      enforce_admins: false,
      required_pull_request_reviews: { required_approving_review_count: 2 },
      restrictions: null,
    });
    const { changes, directory } = await plan();
    // Deletes are on, and yet neither is ours to delete.
    expect(changes).toEqual([]);
    const above = await settings.readAbove(directory, 'main');
    expect(above.rulesets).toMatchObject([{ name: 'main', source: 'acme', target: 'branch', bypass: null }]);
    expect(above.protections).toEqual([
      {
        branch: 'main',
        checks: [{ context: 'build', app: null }],
        upToDate: true,
        approvals: 2,
        codeOwners: false,
        enforceAdmins: false,
        linearHistory: false,
        forcePushes: false,
        deletions: false,
        locked: false,
      },
    ]);
    const declared = desiredSettings(config, ownApp).rulesets;
    expect(tellAbove(above, declared)).toEqual([
      'ruleset main of acme: not the one of that name that is declared here, which stands beside it',
      'classic protection of main: requires build from anybody, 2 approvals, administrators go past it',
    ]);
    const own = (await admin.getRepoRulesets({ ...repository, includes_parents: false })).data;
    const [main] = own.filter(({ name }) => name === 'main');
    await admin.deleteRepoRuleset({ ...repository, ruleset_id: main?.id ?? 0 });
    await carryOut();
    expect((await admin.getOrgRuleset({ org: 'acme', ruleset_id: twin.id })).data.rules).toHaveLength(1);
    expect((await plan()).changes).toEqual([]);

    await admin.deleteOrgRuleset({ org: 'acme', ruleset_id: twin.id });
    await admin.deleteBranchProtection({ ...repository, branch: 'main' });
    expect(await settings.readAbove(directory, 'main')).toEqual(nothingAbove);
  });

  it('know who answers to a name', async () => {
    const { teams, users, apps } = await settings.resolve({
      team: [],
      user: ['mia', 'nobody-here'],
      app: [ownApp, 'ghost'],
    });
    expect([...teams.keys()]).toContain('release-managers');
    expect([...users.keys()]).toEqual(['mia']);
    expect([...apps]).toEqual([[ownApp, github.app.appId]]);
  });
});
