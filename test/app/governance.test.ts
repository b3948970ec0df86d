import { describe, expect, it, onTestFinished } from 'vitest';
import { readZip } from '../../adapters/zip/read-zip.ts';
import { configPath } from '../../core/config/parse.ts';
import { memorySource } from '../../core/evidence/bytes.ts';
import { exportPath } from '../../core/governance/export.ts';
import { FakeWorld, folderWith } from '../cli/support.ts';
import { sha256Hex } from '../support/digest.ts';
import { shared } from '../support/shared.ts';
import {
  currentConfig,
  governed,
  openIssues,
  planOf,
  policyCheck,
  proposeConfig,
  stateOf,
  webhooksOff,
} from './governed.ts';
import { load, promoteToTheEnd, stage } from './story.ts';
import { commitFiles, eventually, repository, startWorld, submit, submitAll, type World } from './world.ts';

const rules = (more = '', mode = 'repair') => `
governance:
  mode: ${mode}
  rulesets:
    main: { required_checks: { gates: [policy] }, bypass: [{ organization_admin: true }] }
  environments:
    production: { refs: { tags: ["v*"] } }
  labels:
    preview: { color: 1d76db }
${more}`;

async function rulesetNames(world: World): Promise<string[]> {
  return (await world.alice.rest.repos.getRepoRulesets(repository)).data.map(({ name }) => name);
}

const exported = async (world: World) => {
  const answer = await fetch(`${world.conductor.url}/v1/governance/acme/shop`);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const cli = async (world: World, part: string): Promise<FakeWorld & { status: number }> => {
  const shell = new FakeWorld(await folderWith({}), { CONDUCTOR_URL: world.conductor.url }, fetch);
  return Object.assign(shell, { status: await shell.run('governance', part, '--repo', 'acme/shop') });
};

describe('the rules of a repository', () => {
  const started = shared((atEnd) => startWorld({}, undefined, atEnd));

  it('are not exported while nothing is declared', async () => {
    const world = started();
    expect(await exported(world)).toMatchObject({ status: 404, body: { code: 'NOT_GOVERNED' } });
  });

  it('that cannot be (scenario 22: bad config) fail the check and write nothing', async () => {
    const world = started();
    const bad = rules('  environments_typo: {}').replace('organization_admin: true', 'team: ghosts');
    const { sha } = await proposeConfig(world, `${await currentConfig(world)}${bad}`, 'bad');
    await submit(world, { gate: 'policy', sha });
    const check = await eventually(async () => {
      const found = await policyCheck(world, sha);
      return found?.conclusion === 'failure' ? found : null;
    });
    expect(check.output.summary).toContain('environments_typo');
    expect(await rulesetNames(world)).toEqual([]);
  });

  it('that name nobody fail the check before any write', async () => {
    const world = started();
    const unknown = rules().replace('organization_admin: true', 'team: ghosts');
    const { sha } = await proposeConfig(world, `${await currentConfig(world)}${unknown}`, 'ghosts');
    const check = await eventually(async () => {
      const found = await policyCheck(world, sha);
      return found?.output.summary?.includes('team ghosts') ? found : null;
    });
    expect(check.conclusion).not.toBe('success');
    expect(await rulesetNames(world)).toEqual([]);
  });

  it('are planned on the pull request that changes them, and made so by its merge', async () => {
    const world = started();
    const { sha, number } = await proposeConfig(world, `${await currentConfig(world)}${rules()}`, 'rules');
    const planned = await eventually(async () => {
      const check = await policyCheck(world, sha);
      return check?.output.summary?.includes('ruleset main') === true ? check : null;
    });
    expect(planned.output.summary).toContain('environment production');
    expect(planned.output.summary).toContain('label preview');
    expect(await rulesetNames(world)).toEqual([]);

    await submit(world, { gate: 'policy', sha });
    const passed = await eventually(async () => {
      const check = await policyCheck(world, sha);
      return check?.status === 'completed' ? check : null;
    });
    expect(passed).toMatchObject({ conclusion: 'success' });
    expect(passed.output.summary).toContain('ruleset main');

    await world.alice.rest.pulls.merge({ ...repository, pull_number: number });
    await eventually(async () => ((await stateOf(world))?.goodAt == null ? null : true));
    expect(await rulesetNames(world)).toEqual(['main']);
    const { data: production } = await world.alice.rest.repos.getEnvironment({
      ...repository,
      environment_name: 'production',
    });
    expect(production.deployment_branch_policy).toEqual({
      protected_branches: false,
      custom_branch_policies: true,
    });
    const rows = await world.query("select entry from audit where entry::text like '%governance.applied%'");
    expect(rows).toHaveLength(1);
  });

  it('are put right when a webhook tells of drift', async () => {
    const world = started();
    const { data } = await world.alice.rest.repos.getRepoRulesets(repository);
    await world.alice.rest.repos.deleteRepoRuleset({ ...repository, ruleset_id: data[0]?.id ?? 0 });
    await eventually(async () => ((await rulesetNames(world)).includes('main') ? true : null));
  });
});

describe('the export of the rules', () => {
  const started = shared((atEnd) => governed(rules('', 'report'), atEnd));

  it('lies in the evidence of a release', async () => {
    const world = started();
    const issue = await stage(world, 'v1.1.0');
    onTestFinished(load(world, 'v1.0.0', 'v1.1.0', 0));
    await promoteToTheEnd(world, 'v1.1.0', issue);
    const tag = { ...repository, tag: 'v1.1.0' };
    const { data: published } = await world.alice.rest.repos.getReleaseByTag(tag);
    const asset = published.assets.find(({ name }) => name === 'evidence.zip');
    const { data } = await world.alice.rest.repos.getReleaseAsset({
      ...repository,
      asset_id: asset?.id ?? 0,
      headers: { accept: 'application/octet-stream' },
    });
    const zip = memorySource(new Uint8Array(data as unknown as ArrayBuffer));
    const { files } = await readZip(zip, (path) => path === exportPath);
    expect(JSON.parse(new TextDecoder().decode(files.get(exportPath)))).toMatchObject({
      settings: { labels: expect.arrayContaining([expect.objectContaining({ name: 'preview' })]) },
    });
  });

  it('tells settings and drift by name, over HTTP and on the command line', async () => {
    const world = started();
    expect((await exported(world)).body).toMatchObject({
      plan: { changes: [], without_code_owner: [] },
      drift: null,
      settings: { rulesets: [{ name: 'main', bypass: [{ actor: 'organization-admin' }] }] },
    });
    expect(await cli(world, 'plan')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('as its config says'),
    });

    const { data } = await world.alice.rest.repos.getRepoRulesets(repository);
    await world.alice.rest.repos.deleteRepoRuleset({ ...repository, ruleset_id: data[0]?.id ?? 0 });
    await eventually(async () => ((await exported(world)).body.drift === null ? null : true));
    const page = await (await fetch(`${world.conductor.url}/governance/acme/shop`)).text();
    expect(page).toContain('<strong>Drift</strong> since');
    expect(page).toContain('<td>ruleset main</td><td>create<br />');
    expect(await (await fetch(`${world.conductor.url}/`)).text()).toContain(
      '<a href="/governance/acme/shop">',
    );
    expect(await cli(world, 'plan')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('+ ruleset main'),
    });
    const { stdout } = await cli(world, 'export');
    expect(JSON.parse(stdout)).toMatchObject({ settings: { rulesets: [] }, repository: 'acme/shop' });
  });
});

it('what binds the repository beside its rules is told on the plan and exported, and nobody writes it', async () => {
  const world = await governed(rules('', 'report'));
  const { repos } = world.alice.rest;
  await repos.createOrgRuleset({
    org: 'acme',
    name: 'main',
    enforcement: 'active',
    bypass_actors: [{ actor_id: 1, actor_type: 'OrganizationAdmin', bypass_mode: 'always' }],
    conditions: {
      ref_name: { include: ['~ALL'], exclude: [] },
      repository_name: { include: ['~ALL'], exclude: [] },
    },
    rules: [{ type: 'deletion' }],
  });
  await repos.updateBranchProtection({
    ...repository,
    branch: 'main',
    required_status_checks: { strict: false, contexts: [], checks: [{ context: 'build', app_id: -1 }] },
    enforce_admins: false,
    required_pull_request_reviews: null,
    restrictions: null,
  });
  const told = ['ruleset main of acme', 'classic protection of main: requires build from anybody'];
  const { sha } = await proposeConfig(
    world,
    `${await currentConfig(world)}    more: { color: aabbcc }\n`,
    'more',
  );
  const plan = await planOf(world, sha);
  for (const one of told) expect(plan).toContain(one);
  expect(plan).toContain('1 change');

  await world.conductor.close();
  await world.start();
  const { body } = await eventually(async () => {
    const answer = await exported(world);
    return JSON.stringify(answer.body).includes('build from anybody') ? answer : null;
  });
  expect(body).toMatchObject({
    drift: null,
    plan: { changes: [], also_in_force: told.map((one) => expect.stringContaining(one)) },
    above: { rulesets: [{ name: 'main', source: 'acme', bypass: null }], protections: [{ branch: 'main' }] },
  });
  expect((await cli(world, 'plan')).stdout).toContain(`also in force: ${told[0]}`);
  expect((await repos.getOrgRulesets({ org: 'acme' })).data).toHaveLength(1);
});

it('scenario 22: a ruleset deleted and a bypass added while webhooks are off are found by the sweep, with what merged in the gap', async () => {
  const world = await governed(rules('', 'report'));
  const before = (await stateOf(world))?.goodAt ?? 0;
  await world.conductor.close();
  await webhooksOff(world);
  const { data } = await world.alice.rest.repos.getRepoRulesets(repository);
  await world.alice.rest.repos.deleteRepoRuleset({ ...repository, ruleset_id: data[0]?.id ?? 0 });
  await commitFiles(world.alice, 'sneaked', { 'sneaked.txt': 'in' });
  const { data: pull } = await world.alice.rest.pulls.create({
    ...repository,
    head: 'sneaked',
    base: 'main',
    title: 'Sneaked in',
  });
  await world.alice.rest.pulls.merge({ ...repository, pull_number: pull.number });

  const commented = `${await currentConfig(world)}# nobody told\n`;
  const sha = await commitFiles(world.alice, 'main', { [configPath]: commented });

  await world.start();
  const issue = await eventually(async () => (await openIssues(world))[0] ?? null);
  const [config] = await world.query<{ entry: unknown }>(
    "select entry from audit where entry->>'action' = 'config.changed' order by seq desc limit 1",
  );
  expect(config).toMatchObject({
    entry: { actor: 'release-conductor', data: { sha, config_sha256: sha256Hex(commented) } },
  });
  expect(issue.body).toContain('ruleset main');
  expect(issue.body).toContain(`#${pull.number} Sneaked in`);
  expect(await rulesetNames(world)).toEqual([]);
  expect((await stateOf(world))?.goodAt).toBe(before);
});

describe('an environment that the Conductor guards', () => {
  const guarded = shared(async (atEnd) => {
    const world = await startWorld({}, undefined, atEnd);
    for (const environment_name of ['stage', 'production']) {
      const place = { ...repository, environment_name };
      await world.alice.rest.repos.createOrUpdateEnvironment(place);
      const integration_id = world.github.app.appId;
      await world.alice.rest.repos.createDeploymentProtectionRule({ ...place, integration_id });
    }
    return world;
  });
  const enter = async (world: World, environment: string, sha: string) => {
    const run = { path: '.github/workflows/own-deploy.yml', name: 'own', headSha: sha, headBranch: 'main' };
    const { id } = await world.github.createRun('acme/shop', { ...run, event: 'push' });
    const job = { environment, sha, ref: 'refs/heads/main' };
    return world.github.enterEnvironment('acme/shop', id, job, AbortSignal.timeout(60_000));
  };

  it('lets a job into the stage when every gate passed, and none into production that the Conductor did not order', async () => {
    const world = guarded();
    const { object } = (await world.alice.rest.git.getRef({ ...repository, ref: 'heads/main' })).data;
    await submitAll(world, { sha: object.sha, branch: 'main', event: 'push', ref: 'refs/heads/main' });
    expect((await enter(world, 'stage', object.sha)).refused).toBeNull();
    expect((await enter(world, 'production', object.sha)).refused).toContain('tag it');
  });

  it('lets no hand-written workflow go past a red gate', async () => {
    const world = guarded();
    const { object } = (await world.alice.rest.git.getRef({ ...repository, ref: 'heads/main' })).data;
    await submitAll(world, { sha: object.sha, branch: 'main', event: 'push', ref: 'refs/heads/main' });
    await submit(world, {
      gate: 'slo',
      sha: object.sha,
      verdict: 'fail',
      branch: 'main',
      event: 'push',
      ref: 'refs/heads/main',
    });
    const { refused } = await enter(world, 'stage', object.sha);
    expect(refused).toContain('slo says fail');
  });

  it('answers a job whose webhook was lost, as soon as it looks', async () => {
    const config = rules().replace('environments:', 'environments:\n    stage: { refs: all }');
    const world = await governed(config);
    const { object } = (await world.alice.rest.git.getRef({ ...repository, ref: 'heads/main' })).data;
    await submitAll(world, { sha: object.sha, branch: 'main', event: 'push', ref: 'refs/heads/main' });
    await world.conductor.close();
    await webhooksOff(world);
    const entered = enter(world, 'stage', object.sha);
    await world.github.settled();
    await world.start();
    expect((await entered).refused).toBeNull();
    const told = await world.query("select 1 from audit where entry->>'action' = 'environment.approved'");
    expect(told).toHaveLength(1);
  });
});
