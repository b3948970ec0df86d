import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

/** One world for the tests of a group: each works on commits of its own. */
function sharedWorld(prepare: (world: World) => Promise<void> = async () => undefined): () => World {
  const closing: (() => unknown)[] = [];
  let world: World | undefined;
  beforeAll(async () => {
    world = await startWorld({}, undefined, (close) => closing.push(close));
    await prepare(world);
  });
  afterAll(async () => {
    for (const close of closing.toReversed()) await close();
  });
  return () => world as World;
}

async function propose(world: World, files: Readonly<Record<string, string>>, branch = 'feature') {
  const sha = await commitFiles(world.alice, branch, files);
  const pull = { ...repository, head: branch, base: 'main', title: branch };
  const { number } = (await world.alice.rest.pulls.create(pull)).data;
  return { sha, number };
}

/** A ruleset that requires the checks of the gates from an app, the Conductor's by default; null: from anybody. */
async function requireChecks(world: World, app: number | null = world.github.app.appId): Promise<void> {
  const { data: known } = await world.alice.rest.repos.getRepoRulesets(repository);
  for (const { id } of known)
    await world.alice.rest.repos.deleteRepoRuleset({ ...repository, ruleset_id: id });
  const pin = app === null ? {} : { integration_id: app };
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

/** Submits every result of a branch. */
const passAll = (world: World, sha: string, branch: string): Promise<void> =>
  submitAll(world, { sha, branch, ref: `refs/heads/${branch}` });

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

const range = (length: number): number[] => Array.from({ length }, (_, n) => n);

type Outcome =
  | 'success'
  | 'failure'
  | 'in_progress'
  | 'neutral'
  | 'skipped'
  | 'cancelled'
  | 'timed_out'
  | 'action_required';

/** Writes checks as GitHub Actions does, or any workflow with `checks: write`. */
async function actions(world: World, sha: string) {
  const run = { path: workflowPath, name: 'build', headSha: sha, headBranch: 'main', event: 'push' };
  const { id } = await world.github.createRun('acme/shop', run);
  const octokit = octokitOf(world.github, world.github.jobToken('acme/shop', id, { checks: 'write' }));
  return (name: string, outcome: Outcome, head_sha = sha) =>
    octokit.rest.checks.create({
      ...repository,
      name,
      head_sha,
      ...(outcome === 'in_progress' ? { status: outcome } : { conclusion: outcome }),
    });
}

describe('scenario 8: a pull request that would judge itself', () => {
  const shared = sharedWorld((world) => requireChecks(world));

  it('by a workflow that it edited stays blocked: the result is not believed', async () => {
    const world = shared();
    const lie = { [workflowPath]: 'on: [pull_request]\njobs: { lie: {} }\n' };
    const { sha, number } = await propose(world, lie, 'liar');
    await announced(world, sha);
    for (const gate of gateNames) {
      const answer = await submit(world, { gate, sha, branch: 'liar', ref: 'refs/heads/liar' });
      expect(answer.status).toBe(403);
      expect(await answer.text()).toContain('WORKFLOW_CHANGED');
    }
    expect(new Set(Object.values(await stateOfOwn(world, sha)))).toEqual(new Set(['queued']));
    expect(await mergeStatus(world, number)).toBe(405);
  });

  it.each(['success', 'skipped', 'neutral', 'stale', 'cancelled'])(
    'by jobs of its own with the names of the gates, all %s, stays blocked',
    async (conclusion) => {
      const world = shared();
      const branch = `jobs-${conclusion}`;
      const { sha, number } = await propose(world, { [`${branch}.txt`]: 'a' }, branch);
      await announced(world, sha);
      for (const name of ownChecks) await actionsJob(world, sha, name, conclusion);
      expect(await mergeStatus(world, number)).toBe(405);
    },
  );

  it('can be merged once the gates have passed', async () => {
    const world = shared();
    const { sha, number } = await propose(world, { 'honest.txt': 'a' }, 'honest');
    await passAll(world, sha, 'honest');
    await allPass(world, sha);
    expect(await mergeStatus(world, number)).toBe(200);
  });

  it('by commit statuses with the names of the gates stays blocked', async () => {
    const world = shared();
    const { sha, number } = await propose(world, { 'statuses.txt': 'a' }, 'statuses');
    await announced(world, sha);
    for (const context of ownChecks) {
      await world.alice.rest.repos.createCommitStatus({ ...repository, sha, context, state: 'success' });
    }
    expect(await mergeStatus(world, number)).toBe(405);
  });

  it('stays blocked while the job of one gate is skipped and so never says anything', async () => {
    const world = shared();
    const { sha, number } = await propose(world, { 'silent.txt': 'a' }, 'silent');
    await announced(world, sha);
    await actionsJob(world, sha, 'slo-gates', 'skipped');
    const of = { sha, branch: 'silent', ref: 'refs/heads/silent' };
    for (const gate of gateNames) if (gate !== 'slo') await submit(world, { gate, ...of });
    await eventually(async () =>
      Object.values(await stateOfOwn(world, sha)).filter((state) => state === 'success').length === 4
        ? true
        : null,
    );
    expect((await stateOfOwn(world, sha))['slo-gates']).toBe('queued');
    expect(await mergeStatus(world, number)).toBe(405);
  });
});

describe('scenario 8: doctor', () => {
  const shared = sharedWorld();

  it.each<[string, number | null | 'own', string | null]>([
    ['names every required check that is not pinned', null, 'is not pinned'],
    ['names those that any workflow can satisfy', 15_368, 'is pinned to GitHub Actions'],
    ['names those of another app', 99, 'is pinned to app 99'],
    ['finds nothing once each is pinned', 'own', null],
  ])('%s', async (_name, pin, wanted) => {
    const world = shared();
    await requireChecks(world, pin === 'own' ? undefined : pin);
    const token = world.github.users.find(({ login }) => login === 'alice')?.token;
    const shell = new FakeWorld(await folderWith({}), { ...world.env, GITHUB_TOKEN: token }, fetch);
    const status = await shell.run('doctor', '--repo', 'acme/shop', '--json');
    const found = JSON.parse(shell.stdout) as { check: string; state: string; detail: string }[];
    const said = found.filter(({ check }) => check === 'required checks');
    if (wanted === null) expect(said).toMatchObject([{ state: 'ok' }]);
    else {
      expect(status).toBe(1);
      expect(said.map(({ detail }) => detail)).toEqual(
        ownChecks.map((name) => expect.stringContaining(`${name} on main ${wanted}`)),
      );
    }
  });
});

describe('scenario 9: a check that others report', () => {
  const shared = sharedWorld();
  /** What the Conductor reads, through the real API. */
  const reader = (world: World) => {
    const { installation } = asApp(world.github);
    const options = { repository: 'acme/shop', appSlug: world.github.app.slug };
    const forge = githubForge({ octokit: installation as never, ...options });
    return (sha: string) => forge.readCheck(sha, { name: 'qa', app: 'github-actions' });
  };

  it('and failed is found among 130, on the second page', async () => {
    const world = shared();
    const sha = await commitFiles(world.alice, 'others-1', { 'others.txt': '1' });
    const report = await actions(world, sha);
    await report('qa', 'failure');
    await Promise.all(range(129).map((n) => report(`lint ${n}`, 'success')));
    const { data } = await world.alice.rest.checks.listForRef({ ...repository, ref: sha, per_page: 100 });
    expect(data.total_count).toBeGreaterThan(130);
    expect(data.check_runs.some(({ name }) => name === 'qa')).toBe(false);
    expect(await reader(world)(sha)).toBe('failure');
  });

  it('130 times is read to its newest run, whatever page that is on', async () => {
    const world = shared();
    const sha = await commitFiles(world.alice, 'others-2', { 'others.txt': '2' });
    const report = await actions(world, sha);
    await Promise.all(range(129).map(() => report('qa', 'success')));
    await report('qa', 'failure');
    expect(await reader(world)(sha)).toBe('failure');
  });

  it('and runs anew has not passed, whatever it said before', async () => {
    const world = shared();
    const sha = await commitFiles(world.alice, 'others-3', { 'others.txt': '3' });
    const report = await actions(world, sha);
    await report('qa', 'success');
    expect(await reader(world)(sha)).toBe('success');
    await report('qa', 'in_progress');
    expect(await reader(world)(sha)).toBeNull();
  });

  it('on another commit, or under the name of another app, has not passed', async () => {
    const world = shared();
    const sha = await commitFiles(world.alice, 'others-4', { 'others.txt': '4' });
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

  it.each(['neutral', 'skipped', 'cancelled', 'timed_out', 'action_required'] as const)(
    'and is %s has not passed, also over an older success',
    async (conclusion) => {
      const world = shared();
      const sha = await commitFiles(world.alice, `c-${conclusion}`, { 'c.txt': conclusion });
      const report = await actions(world, sha);
      await report('qa', 'success');
      await report('qa', conclusion);
      expect(await reader(world)(sha)).toBe(conclusion);
    },
  );
});

describe("scenario 9: a gate's own check", () => {
  const shared = sharedWorld((world) => requireChecks(world));

  it('that is run anew is open again, its workflow runs once it has ended, and merging waits for the new result', async () => {
    const world = shared();
    const again: number[] = [];
    world.github.subscribeReruns((_repository, run) => again.push(run.id));
    const { sha, number } = await propose(world, { 'anew.txt': 'a' }, 'anew');
    await passAll(world, sha, 'anew');
    await allPass(world, sha);
    const { data } = await world.alice.rest.checks.listForRef({
      ...repository,
      ref: sha,
      check_name: 'slo-gates',
    });
    await world.alice.rest.checks.rerequestRun({ ...repository, check_run_id: data.check_runs[0]?.id ?? 0 });
    await eventually(async () => ((await stateOfOwn(world, sha))['slo-gates'] === 'queued' ? true : null));
    expect(await mergeStatus(world, number)).toBe(405);
    const [run] = await world.query<{ id: number }>(
      `select (state -> 'gates' -> 'slo' ->> 'runId')::int as id from aggregates where key = 'pr/${number}'`,
    );
    expect(again).toEqual([]);
    await world.github.updateRun('acme/shop', run?.id ?? 0, 'completed', 'success');
    await eventually(async () => (again.length > 0 ? true : null));
    expect(again).toEqual([run?.id]);
  });

  it('takes no result of another commit', async () => {
    const world = shared();
    const { sha } = await propose(world, { 'a.txt': 'a' }, 'feature');
    await announced(world, sha);
    const other = await commitFiles(world.alice, 'other', { 'b.txt': 'b' });
    const subject = { repository: 'acme/shop', sha, ref: 'refs/heads/feature' };
    const answer = await submit(world, { gate: 'slo', sha: other, result: { subject } });
    expect(answer.ok).toBe(false);
    expect((await stateOfOwn(world, sha))['slo-gates']).toBe('queued');
  });
});
