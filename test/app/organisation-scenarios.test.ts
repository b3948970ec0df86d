import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { organisationOfConductor } from '../../adapters/actions-runner/organisation.ts';
import { readConfig } from '../../adapters/node-io/read-config.ts';
import { configPath } from '../../core/config/path.ts';
import { memoryTree } from '../support/memory-io.ts';
import { patientPorts } from '../support/patient-ports.ts';
import { makeZip } from '../support/zip/make.ts';
import { mainSha } from './story.ts';
import {
  commitFiles,
  eventually,
  oidcToken,
  repository,
  resultOf,
  startWorld,
  submit,
  type World,
  workflowPath,
} from './world.ts';

const organisation = `version: 1
release:
  canary: { soak: 200ms, steps: [10, 50, 100] }
gates:
  perf: { validity: { min_requests: 5000 } }
governance:
  rulesets:
    main: { pull_request: { approvals: 1 } }
`;

/** A world in which acme/.github says what holds in acme/shop. */
async function organised(): Promise<World> {
  const world = await startWorld();
  await world.github.addRepository('.github', new Map([[configPath, organisation]]));
  return world;
}

async function ownConfig(world: World): Promise<string> {
  const { data } = await world.alice.rest.repos.getContent({ ...repository, path: configPath });
  return Buffer.from((data as { content: string }).content, 'base64').toString();
}

async function jobToken(world: World): Promise<string> {
  const head = { headSha: await mainSha(world), headBranch: 'main' };
  const run = await world.github.createRun('acme/shop', {
    path: workflowPath,
    name: 'gates',
    event: 'push',
    ...head,
  });
  const job = { ref: 'refs/heads/main', workflowRef: `acme/shop/${workflowPath}@refs/heads/main` };
  const request = world.github.oidcRequest('acme/shop', run, { ...job, environment: null, actor: 'alice' });
  return oidcToken(request, world.conductor.url);
}

describe('a second repository with the config of the organisation', () => {
  it('refuses a pull request of the first that weakens it, by name, and a tag whose config does', async () => {
    const world = await organised();
    const weak = (await ownConfig(world)).replace('soak: 400ms', 'soak: 1ms');
    const sha = await commitFiles(world.alice, 'weaker', { [configPath]: weak });
    const { data: pull } = await world.alice.rest.pulls.create({
      ...repository,
      head: 'weaker',
      base: 'main',
      title: 'Soak less',
    });
    const check = await eventually(async () => {
      const { data } = await world.alice.rest.checks.listForRef({
        ...repository,
        ref: sha,
        check_name: 'policy-ci',
      });
      return data.check_runs[0]?.output.summary?.includes('canary.soak') ? data.check_runs[0] : null;
    });
    expect(check.conclusion).not.toBe('success');
    expect(check.output.summary).toContain('found 1ms');
    expect(check.output.summary).toContain('the organisation says 200ms at acme/.github/');

    await world.alice.rest.pulls.merge({ ...repository, pull_number: pull.number });
    await world.alice.rest.git.createRef({
      ...repository,
      ref: 'refs/tags/v1.1.0',
      sha: await mainSha(world),
    });
    const issue = await eventually(async () => {
      const { data } = await world.alice.rest.issues.listForRepo({ ...repository, state: 'all' });
      const found = data.find(
        ({ title, body }) => title === 'Release v1.1.0' && body?.includes('canary.soak'),
      );
      return found ?? null;
    });
    expect(issue.body).toContain('expected at least 200ms, found 1ms');
  });

  it('is asked for by jobs, and no result counts that was computed without it', async () => {
    const world = await organised();
    const read = await organisationOfConductor(world.conductor.url, {
      ...patientPorts(fetch),
      token: () => jobToken(world),
    });
    expect(read).toEqual({
      known: true,
      organisation: { file: `acme/.github/${configPath}`, text: organisation },
    });

    const shown = await fetch(`${world.conductor.url}/v1/organisation/acme/.github`);
    expect(await shown.json()).toEqual({ organisation: read.known ? read.organisation : null });
    const elsewhere = await fetch(`${world.conductor.url}/v1/organisation/nobody/.github`);
    expect(await elsewhere.json()).toEqual({ organisation: null });

    const files = memoryTree({ [configPath]: await ownConfig(world) });
    const effective = await readConfig(configPath, files, undefined, read.known ? read.organisation : null);
    expect(effective.config.gates.perf).toEqual({ validity: { min_requests: 5_000 } });

    const on = { sha: await mainSha(world), branch: 'main', event: 'push', ref: 'refs/heads/main' };
    const alone = createHash('sha256')
      .update(await ownConfig(world))
      .digest('hex');
    const without = await submit(world, {
      gate: 'perf',
      ...on,
      result: { inputs: { config_sha256: alone } },
    });
    expect(await without.json()).toMatchObject({ code: 'ORGANISATION_UNREAD' });
    const within = await submit(world, {
      gate: 'perf',
      ...on,
      result: { inputs: { config_sha256: effective.sha256 } },
    });
    expect(within.status).toBe(202);
  });

  it('that a fork may not read makes its gates inconclusive, with the reason and what to do', async () => {
    const world = await organised();
    const sha = await commitFiles(world.alice, 'patch', { 'a.txt': 'a' });
    const pull = { ...repository, head: 'patch', base: 'main', title: 'From a fork' };
    await world.alice.rest.pulls.create(pull);
    await eventually(async () => {
      const known = await world.query('select 1 from aggregates where sha = $1', [sha]);
      return known[0] ?? null;
    });
    const run = await world.github.createRun('acme/shop', {
      path: workflowPath,
      name: 'gates',
      headSha: sha,
      headBranch: 'patch',
      event: 'pull_request',
      fork: 'mallory/shop',
    });
    // It saw the config of acme/shop alone.
    const alone = await resultOf(world, 'slo', sha, 'pass');
    const result = { ...alone, evidence: [] };
    const content = Buffer.from(JSON.stringify(result));
    const zip = makeZip([{ name: 'slo/result.json', content, deflate: true, descriptor: true }]);
    await world.github.uploadArtifact('acme/shop', run.id, 'release-conductor', zip);
    await world.github.updateRun('acme/shop', run.id, 'completed', 'success');
    const check = await eventually(async () => {
      const asked = { ...repository, ref: sha, check_name: 'slo-gates' };
      const { data } = await world.alice.rest.checks.listForRef(asked);
      return data.check_runs.find(({ status }) => status === 'completed') ?? null;
    });
    expect(check.conclusion).toBe('failure');
    expect(check.output.title).toContain('ORGANISATION_UNREAD');
    expect(check.output.summary).toContain('make the .github repository of the organisation public');
  });

  it('governs the first, once a pull request has shown what it means there', async () => {
    const world = await organised();
    const sha = await commitFiles(world.alice, 'follow', {
      [configPath]: `${await ownConfig(world)}# follow\n`,
    });
    const { data: pull } = await world.alice.rest.pulls.create({
      ...repository,
      head: 'follow',
      base: 'main',
      title: 'Follow',
    });
    await eventually(async () => {
      const { data } = await world.alice.rest.checks.listForRef({
        ...repository,
        ref: sha,
        check_name: 'policy-ci',
      });
      return data.check_runs[0]?.output.summary?.includes('ruleset main') ? true : null;
    });
    await world.alice.rest.pulls.merge({ ...repository, pull_number: pull.number });
    const rules = await eventually(async () => {
      const { data } = await world.alice.rest.repos.getRepoRulesets(repository);
      return data[0] ?? null;
    });
    expect(rules.name).toBe('main');
  });

  it('is stopped by a config that is emptied or lost, and freed by the commit that takes it away', async () => {
    const world = await organised();
    const home = { owner: 'acme', repo: '.github' };
    const said = async () => {
      const answer = await fetch(`${world.conductor.url}/v1/organisation/acme/.github`);
      const read = (await answer.json()) as { organisation: { text: string; problem?: string } | null };
      return read.organisation;
    };
    expect(await said()).toMatchObject({ text: organisation });

    const { data } = await world.alice.rest.repos.getContent({ ...home, path: configPath });
    const { sha } = data as { sha: string };
    const mainOf = async () =>
      (await world.alice.rest.git.getRef({ ...home, ref: 'heads/main' })).data.object.sha;
    const first = await mainOf();
    const commit = { ...home, path: configPath, message: 'Change the rules' };
    await world.alice.rest.repos.createOrUpdateFileContents({ ...commit, sha, content: '' });
    const own = `${await ownConfig(world)}# any\n`;
    const head = await commitFiles(world.alice, 'any', { [configPath]: own });
    await world.alice.rest.pulls.create({ ...repository, head: 'any', base: 'main', title: 'Any' });
    const check = await eventually(async () => {
      const asked = { ...repository, ref: head, check_name: 'policy-ci' };
      const [run] = (await world.alice.rest.checks.listForRef(asked)).data.check_runs;
      return run?.output.summary?.includes('found an empty file') ? run : null;
    });
    expect(check.conclusion).not.toBe('success');

    const main = await mainOf();
    const { data: tree } = await world.alice.rest.git.createTree({
      ...home,
      tree: [{ path: 'README.md', mode: '100644', type: 'blob', content: 'new' }],
    });
    const { data: other } = await world.alice.rest.git.createCommit({
      ...home,
      message: 'Another history',
      tree: tree.sha,
      parents: [first],
    });
    await world.alice.rest.git.updateRef({ ...home, ref: 'heads/main', sha: other.sha, force: true });
    expect((await said())?.problem).toContain(`does not come after ${main.slice(0, 12)}`);

    await world.alice.rest.git.updateRef({ ...home, ref: 'heads/main', sha: main, force: true });
    expect(await said()).toMatchObject({ text: '' });
    const empty = (await world.alice.rest.repos.getContent({ ...home, path: configPath })).data;
    await world.alice.rest.repos.deleteFile({ ...commit, sha: (empty as { sha: string }).sha });
    expect(await said()).toBeNull();
  });
});
