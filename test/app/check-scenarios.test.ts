import { describe, expect, it } from 'vitest';
import { githubForge } from '../../adapters/github/index.ts';
import { checkNameOf, gateNames } from '../../core/gate/names.ts';
import { FakeWorld, folderWith } from '../cli/support.ts';
import { asApp, octokitOf } from '../sandbox/github/support.ts';
import {
  commitFiles,
  eventually,
  repository,
  startWorld,
  submit,
  submitAll,
  type World,
  workflowPath,
} from './world.ts';

const ownChecks = Object.values(checkNameOf);

async function propose(world: World, files: Readonly<Record<string, string>>, branch = 'feature') {
  const sha = await commitFiles(world.alice, branch, files);
  const pull = { ...repository, head: branch, base: 'main', title: branch };
  const { number } = (await world.alice.rest.pulls.create(pull)).data;
  return { sha, number };
}

/** A ruleset that requires the checks of the gates, from the App or from anybody. */
async function requireChecks(world: World, from: { readonly pinned: boolean }): Promise<void> {
  const pin = from.pinned ? { integration_id: world.github.app.appId } : {};
  await world.alice.rest.repos.createRepoRuleset({
    ...repository,
    name: 'gates',
    target: 'branch',
    enforcement: 'active',
    conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
    rules: [
      {
        type: 'required_status_checks',
        parameters: {
          strict_required_status_checks_policy: false,
          required_status_checks: ownChecks.map((context) => ({ context, ...pin })),
        },
      },
    ],
  });
}

/** The status GitHub answers a press of the merge button with. */
async function mergeStatus({ alice }: World, pull_number: number): Promise<number> {
  return alice.rest.pulls.merge({ ...repository, pull_number }).then(
    ({ status }) => status,
    ({ status }: { status: number }) => status,
  );
}

async function stateOfOwn(world: World, sha: string): Promise<Record<string, string>> {
  const { data } = await world.alice.rest.checks.listForRef({ ...repository, ref: sha, per_page: 100 });
  const own = data.check_runs.filter(({ app }) => app?.slug === world.github.app.slug);
  return Object.fromEntries(own.map(({ name, status, conclusion }) => [name, conclusion ?? status]));
}

const announced = (world: World, sha: string): Promise<true> =>
  eventually(async () =>
    Object.keys(await stateOfOwn(world, sha)).length === gateNames.length ? true : null,
  );

const allPass = (world: World, sha: string): Promise<true> =>
  eventually(async () =>
    Object.values(await stateOfOwn(world, sha)).filter((state) => state === 'success').length ===
    gateNames.length
      ? true
      : null,
  );

/** A job of GitHub Actions whose name is that of a gate's check. */
async function actionsJob(world: World, sha: string, name: string, conclusion: string): Promise<void> {
  const run = { path: workflowPath, name, headSha: sha, headBranch: 'feature', event: 'pull_request' };
  const { id } = await world.github.createRun('acme/shop', run);
  await world.github.updateRun('acme/shop', id, 'completed', conclusion);
}

/** Writes checks as GitHub Actions does, or any workflow with `checks: write`. */
async function actions(world: World, sha: string) {
  const run = { path: workflowPath, name: 'build', headSha: sha, headBranch: 'main', event: 'push' };
  const { id } = await world.github.createRun('acme/shop', run);
  const octokit = octokitOf(world.github, world.github.jobToken('acme/shop', id, { checks: 'write' }));
  return (name: string, outcome: 'success' | 'failure' | 'in_progress', head_sha = sha) =>
    octokit.rest.checks.create({
      ...repository,
      name,
      head_sha,
      ...(outcome === 'in_progress' ? { status: outcome } : { conclusion: outcome }),
    });
}

describe('scenario 8: a pull request that would judge itself', () => {
  it('by a workflow that it edited stays blocked: the result is not believed', async () => {
    const world = await startWorld();
    await requireChecks(world, { pinned: true });
    const { sha, number } = await propose(world, {
      [workflowPath]: 'on: [pull_request]\njobs: { lie: {} }\n',
    });
    await announced(world, sha);
    for (const gate of gateNames) {
      const answer = await submit(world, { gate, sha });
      expect(answer.status).toBe(403);
      expect(await answer.text()).toContain('WORKFLOW_CHANGED');
    }
    expect(new Set(Object.values(await stateOfOwn(world, sha)))).toEqual(new Set(['queued']));
    expect(await mergeStatus(world, number)).toBe(405);
  });

  it.each(['success', 'skipped', 'neutral'])(
    'by jobs of its own with the names of the gates, all %s, stays blocked',
    async (conclusion) => {
      const world = await startWorld();
      await requireChecks(world, { pinned: true });
      const { sha, number } = await propose(world, { 'a.txt': 'a' });
      await announced(world, sha);
      for (const name of ownChecks) await actionsJob(world, sha, name, conclusion);
      expect(await mergeStatus(world, number)).toBe(405);
      await submitAll(world, { sha });
      await allPass(world, sha);
      expect(await mergeStatus(world, number)).toBe(200);
    },
  );

  it('stays blocked while the job of one gate is skipped and so never says anything', async () => {
    const world = await startWorld();
    await requireChecks(world, { pinned: true });
    const { sha, number } = await propose(world, { 'a.txt': 'a' });
    await announced(world, sha);
    await actionsJob(world, sha, 'slo-gates', 'skipped');
    for (const gate of gateNames) if (gate !== 'slo') await submit(world, { gate, sha });
    await eventually(async () =>
      Object.values(await stateOfOwn(world, sha)).filter((state) => state === 'success').length === 4
        ? true
        : null,
    );
    expect((await stateOfOwn(world, sha))['slo-gates']).toBe('queued');
    expect(await mergeStatus(world, number)).toBe(405);
  });

  it.each([
    ['names every required check that is not pinned', false],
    ['finds nothing once each is pinned', true],
  ])('doctor %s', async (_name, pinned) => {
    const world = await startWorld();
    await requireChecks(world, { pinned });
    const token = world.github.users.find(({ login }) => login === 'alice')?.token;
    const shell = new FakeWorld(await folderWith({}), { ...world.env, GITHUB_TOKEN: token }, fetch);
    await shell.run('doctor', '--repo', 'acme/shop', '--json');
    const found = JSON.parse(shell.stdout) as { check: string; state: string; detail: string }[];
    const said = found.filter(({ check }) => check === 'required checks');
    if (pinned) expect(said).toMatchObject([{ state: 'ok' }]);
    else
      expect(said.map(({ detail }) => detail)).toEqual(
        ownChecks.map((name) => expect.stringContaining(`${name} on main is not pinned`)),
      );
  });
});

describe('scenario 9: a check that others report', () => {
  /** What the Conductor reads, through the real API. */
  const reader = (world: World) => {
    const { installation } = asApp(world.github);
    const options = { repository: 'acme/shop', appSlug: world.github.app.slug };
    const forge = githubForge({ octokit: installation as never, ...options });
    return (sha: string) => forge.readCheck(sha, { name: 'qa', app: 'github-actions' });
  };
  const head = async ({ alice }: World): Promise<string> =>
    (await alice.rest.git.getRef({ ...repository, ref: 'heads/main' })).data.object.sha;

  it('and failed is found among 130, on the second page', async () => {
    const world = await startWorld();
    const sha = await head(world);
    const report = await actions(world, sha);
    await report('qa', 'failure');
    for (let n = 0; n < 129; n += 1) await report(`lint ${n}`, 'success');
    const { data } = await world.alice.rest.checks.listForRef({ ...repository, ref: sha, per_page: 100 });
    expect(data.total_count).toBeGreaterThan(130);
    expect(data.check_runs.some(({ name }) => name === 'qa')).toBe(false);
    expect(await reader(world)(sha)).toBe('failure');
  });

  it('130 times is read to its newest run, whatever page that is on', async () => {
    const world = await startWorld();
    const sha = await head(world);
    const report = await actions(world, sha);
    for (let n = 0; n < 129; n += 1) await report('qa', 'success');
    await report('qa', 'failure');
    expect(await reader(world)(sha)).toBe('failure');
  });

  it('and runs anew has not passed, whatever it said before', async () => {
    const world = await startWorld();
    const sha = await head(world);
    const report = await actions(world, sha);
    await report('qa', 'success');
    expect(await reader(world)(sha)).toBe('success');
    await report('qa', 'in_progress');
    expect(await reader(world)(sha)).toBeNull();
  });

  it('on another commit, or under the name of another app, has not passed', async () => {
    const world = await startWorld();
    const sha = await head(world);
    const other = await commitFiles(world.alice, 'other', { 'b.txt': 'b' });
    const report = await actions(world, sha);
    await report('qa', 'success', other);
    await asApp(world.github).installation.rest.checks.create({
      ...repository,
      name: 'qa',
      head_sha: sha,
      conclusion: 'success',
    });
    expect(await reader(world)(sha)).toBeNull();
  });
});

describe("scenario 9: a gate's own check", () => {
  it('that is run anew is open again, and merging waits for the new result', async () => {
    const world = await startWorld();
    await requireChecks(world, { pinned: true });
    const { sha, number } = await propose(world, { 'a.txt': 'a' });
    await submitAll(world, { sha });
    await allPass(world, sha);
    const { data } = await world.alice.rest.checks.listForRef({
      ...repository,
      ref: sha,
      check_name: 'slo-gates',
    });
    await world.alice.rest.checks.rerequestRun({ ...repository, check_run_id: data.check_runs[0]?.id ?? 0 });
    await eventually(async () => ((await stateOfOwn(world, sha))['slo-gates'] === 'queued' ? true : null));
    expect(await mergeStatus(world, number)).toBe(405);
  });

  it('takes no result of another commit', async () => {
    const world = await startWorld();
    const { sha } = await propose(world, { 'a.txt': 'a' });
    await announced(world, sha);
    const other = await commitFiles(world.alice, 'other', { 'b.txt': 'b' });
    const subject = { repository: 'acme/shop', sha, ref: 'refs/heads/feature' };
    const answer = await submit(world, { gate: 'slo', sha: other, result: { subject } });
    expect(answer.ok).toBe(false);
    expect((await stateOfOwn(world, sha))['slo-gates']).toBe('queued');
  });
});
