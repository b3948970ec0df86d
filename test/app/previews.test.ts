import { describe, expect, it } from 'vitest';
import { asUser } from '../sandbox/github/support.ts';
import { ask, configPath, settled } from './talk.ts';
import { commitFiles, eventually, repository, startWorld, type World } from './world.ts';

const minute = 60_000;

const plan = (more = ''): string => `
previews:
  when: label
${more}`;

/** A world whose repository has previews. */
async function withPreviews(more = '', extra: NodeJS.ProcessEnv = {}): Promise<World> {
  const world = await startWorld(extra);
  const { data } = await world.alice.rest.repos.getContent({ ...repository, path: configPath });
  const text = Buffer.from((data as { content: string }).content, 'base64').toString('utf8');
  await commitFiles(world.alice, 'main', { [configPath]: `${text}${plan(more)}` }, 'ci: previews');
  return world;
}

async function open(world: World, branch: string, labels: readonly string[] = ['preview']): Promise<number> {
  await commitFiles(world.alice, branch, { [`${branch}.txt`]: branch });
  const { data } = await world.alice.rest.pulls.create({
    ...repository,
    head: branch,
    base: 'main',
    title: branch,
  });
  if (labels.length > 0) await label(world, data.number, [...labels]);
  return data.number;
}

function label(world: World, number: number, labels: string[]) {
  return world.alice.rest.issues.addLabels({ ...repository, issue_number: number, labels });
}

interface Order {
  readonly id: number;
  readonly sha: string;
  readonly action: string;
  readonly payload: { readonly action: string; readonly sha: string; readonly fork: boolean };
}

/** What the pipeline was asked to do with the preview, oldest first. */
async function orders({ alice }: World, number: number): Promise<readonly Order[]> {
  const { data } = await alice.rest.repos.listDeployments({
    ...repository,
    environment: `preview/pr-${number}`,
  });
  return data
    .map(({ id, sha, payload }) => ({ id, sha, payload: payload as unknown as Order['payload'] }))
    .map((one) => ({ ...one, action: one.payload.action }))
    .toSorted((a, b) => a.id - b.id);
}

/** The n-th order, once it is there. */
function order(world: World, number: number, n: number): Promise<Order> {
  return eventually(async () => (await orders(world, number))[n - 1] ?? null);
}

/** The pipeline says how an order ended. */
function report({ alice }: World, { id }: Order, state: 'success' | 'failure' = 'success'): Promise<unknown> {
  const status = { state, environment_url: `https://preview-${id}.example.com/`, auto_inactive: false };
  return alice.rest.repos.createDeploymentStatus({ ...repository, deployment_id: id, ...status });
}

async function running(world: World, number: number): Promise<void> {
  await report(world, await order(world, number, 1));
  await commentOf(world, number, /running/);
}

function commentOf(world: World, number: number, wanted: RegExp): Promise<string> {
  return eventually(async () => {
    const { data } = await world.alice.rest.issues.listComments({ ...repository, issue_number: number });
    const said = data.filter(({ body }) => body?.includes('release-conductor:preview'));
    if (said.length > 1) throw new Error('there are two comments about the preview');
    const body = said[0]?.body ?? '';
    if (!wanted.test(body)) throw new Error(`the comment is ${body}`);
    return body;
  });
}

interface Stored {
  readonly mayExist: boolean;
  readonly open: boolean;
}

async function stateOf(world: World, number: number): Promise<Stored | null> {
  const rows = await world.query<{ state: Stored }>(
    `select state from aggregates where kind = 'preview' and key = 'pr/${number}'`,
  );
  return rows[0]?.state ?? null;
}

/** Nothing of it exists any more, and nothing was ordered since. */
async function isGone(world: World, number: number): Promise<void> {
  await eventually(async () => ((await stateOf(world, number))?.mayExist === false ? true : null));
  await settled(world);
  expect((await orders(world, number)).at(-1)?.action).toBe('destroy');
}

describe('a preview', () => {
  it('lives from the label to the merge, with one comment that says address, cost and end', async () => {
    const world = await withPreviews();
    const number = await open(world, 'feature');
    const made = await order(world, number, 1);
    expect(made.payload).toMatchObject({ action: 'create', fork: false, sha: made.sha });
    await report(world, made);
    const comment = await commentOf(world, number, /running/);
    expect(comment).toContain(`https://preview-${made.id}.example.com/`);
    expect(comment).toContain('of $3.00');
    await world.alice.rest.pulls.merge({ ...repository, pull_number: number });
    const torn = await order(world, number, 2);
    expect(torn.action).toBe('destroy');
    // The pipeline of the base carries it out: that of the change may be broken, or gone.
    expect(torn.sha).not.toBe(made.sha);
    await report(world, torn);
    await isGone(world, number);
  });

  it('obeys /preview on the pull request, to those who may', async () => {
    const world = await withPreviews();
    const number = await open(world, 'feature', []);
    await settled(world);
    await ask(world, number, '/preview', /NOT_PERMITTED/, 'carol');
    await ask(world, number, '/preview', /a preview of this pull request/);
    await running(world, number);
    const before = await commentOf(world, number, /running/);
    await ask(world, number, '/preview extend 24h', /24 h more/);
    const after = await eventually(async () => {
      const body = await commentOf(world, number, /running/);
      return endOf(body) === endOf(before) ? null : body;
    });
    expect(endOf(after) - endOf(before)).toBe(24 * 60 * minute);
    await ask(world, number, '/preview sleep --dry-run', /would hear/);
    await ask(world, number, '/preview destroy', /goes/);
    const torn = await order(world, number, 2);
    expect(torn.action).toBe('destroy');
    await report(world, torn);
    await isGone(world, number);
  });

  it('sleeps by a word and wakes by a visit of its page, not by one of a machine', async () => {
    const world = await withPreviews();
    const number = await open(world, 'feature');
    await running(world, number);
    const page = `${world.conductor.url}/previews/acme/shop/${number}`;
    const visit = (accept: string) => fetch(page, { headers: { accept }, redirect: 'manual' });
    const awake = await visit('text/html');
    expect(awake.status).toBe(302);
    expect(awake.headers.get('location')).toMatch(/^https:\/\/preview-\d+\.example\.com\/$/);
    expect(await (await fetch(`${world.conductor.url}/previews`)).text()).toContain(`acme/shop#${number}`);

    await ask(world, number, '/preview sleep', /sleeps/);
    await report(world, await order(world, number, 2));
    await commentOf(world, number, /asleep/);
    expect(await (await visit('*/*')).text()).toContain('asleep');
    await settled(world);
    expect(await orders(world, number)).toHaveLength(2);
    expect((await fetch(`${world.conductor.url}/previews/acme/shop/999`)).status).toBe(404);
    // Once a minute counts: the visit above was the first.
    await world.conductor.close();
    await world.start();
    expect(await (await visit('text/html')).text()).toContain('wakes for this visit');
    expect((await order(world, number, 3)).action).toBe('wake');
  });

  it('is refused where the config declares none', async () => {
    const world = await startWorld();
    const number = await open(world, 'feature', []);
    await settled(world);
    await ask(world, number, '/preview', /a preview of this pull request/);
    await commentOf(world, number, /declares no `previews`/);
    expect(await orders(world, number)).toEqual([]);
  });
});

function endOf(comment: string): number {
  return Date.parse(/\| ends \| (\S+) \|/.exec(comment)?.[1] ?? '');
}

describe('scenario 21', () => {
  it('a conflicted close, of which no webhook tells, is found by the sweep and torn down', async () => {
    const world = await withPreviews();
    const number = await open(world, 'feature');
    await running(world, number);
    await world.conductor.close();
    await world.alice.rest.pulls.update({ ...repository, pull_number: number, state: 'closed' });
    await world.start();
    await report(world, await order(world, number, 2));
    await isGone(world, number);
  });

  it('a merge that is faster than the build leaves nothing, and nothing comes back', async () => {
    const world = await withPreviews();
    const number = await open(world, 'feature');
    const made = await order(world, number, 1);
    await world.alice.rest.pulls.merge({ ...repository, pull_number: number });
    await settled(world);
    await report(world, made);
    const torn = await order(world, number, 2);
    expect(torn.action).toBe('destroy');
    await report(world, torn);
    await isGone(world, number);
    // A late word of the first order changes nothing.
    await report(world, made);
    await settled(world);
    expect(await orders(world, number)).toHaveLength(2);
  });

  it('a label that is left over on a closed pull request, or put on it, brings nothing back', async () => {
    const world = await withPreviews();
    const number = await open(world, 'feature');
    await running(world, number);
    await world.alice.rest.pulls.update({ ...repository, pull_number: number, state: 'closed' });
    await report(world, await order(world, number, 2));
    await isGone(world, number);
    await world.alice.rest.issues.removeLabel({ ...repository, issue_number: number, name: 'preview' });
    await label(world, number, ['preview']);
    await world.conductor.close();
    await world.start();
    await settled(world);
    expect(await orders(world, number)).toHaveLength(2);
  });

  it('a fork gets none until a maintainer labels it, runs the pipeline of the base, and loses all by a push', async () => {
    const world = await withPreviews();
    const { number, push } = await forkedPull(world);
    await settled(world);
    expect(await orders(world, number)).toEqual([]);
    await label(world, number, ['preview']);
    const made = await order(world, number, 1);
    const { data: pull } = await world.alice.rest.pulls.get({ ...repository, pull_number: number });
    expect(made.payload).toMatchObject({ fork: true, sha: pull.head.sha });
    // The workflow that runs, and that could read secrets, is the one of the base branch.
    expect(made.sha).toBe(pull.base.sha);
    await report(world, made);
    await commentOf(world, number, /running/);
    await push();
    const torn = await order(world, number, 2);
    expect(torn.action).toBe('destroy');
    await eventually(async () => {
      const { data } = await world.alice.rest.issues.get({ ...repository, issue_number: number });
      return data.labels.length === 0 ? true : null;
    });
    await report(world, torn);
    await isGone(world, number);
  });

  it('a spent budget refuses, and quotes what was spent and by which preview', async () => {
    const dear = `  cost: { default_size: big, sizes: { big: { per_hour: 1.4 }, tiny: { per_hour: 0.001 } } }
  budget: { preview: 40, repository: 40, organisation: 40 }\n`;
    const world = await withPreviews(dear);
    const first = await open(world, 'first');
    await running(world, first);
    // It has lived since midnight, and cost what it costs.
    await world.query(
      `update aggregates set state = jsonb_set(state::jsonb, '{meter}', '[{"from": ${Date.now() - 10}, "to": null, "perHour": 40000000}]')
       where kind = 'preview'`,
    );
    const second = await open(world, 'second');
    const refusal = await commentOf(world, second, /budget of the repository is \$40\.00 a day/);
    expect(refusal).toMatch(new RegExp(`acme/shop#${first} \\$[\\d.]+ and counting`));
    expect(refusal).toContain(`\`/preview sleep\` on #${first}`);
    expect(await orders(world, second)).toEqual([]);
  });
});

/** A pull request from a fork of somebody outside, and a push to it. */
async function forkedPull(world: World): Promise<{ number: number; push: () => Promise<unknown> }> {
  const carol = asUser(world.github, 'carol');
  await carol.rest.repos.createFork({ ...repository });
  const fork = { owner: 'carol', repo: 'shop' };
  const commit = async (name: string): Promise<void> => {
    const { data: ref } = await carol.rest.git.getRef({ ...fork, ref: 'heads/main' });
    const { data: parent } = await carol.rest.git.getCommit({ ...fork, commit_sha: ref.object.sha });
    const { data: blob } = await carol.rest.git.createBlob({ ...fork, content: name });
    const { data: tree } = await carol.rest.git.createTree({
      ...fork,
      base_tree: parent.tree.sha,
      tree: [{ path: name, mode: '100644', type: 'blob', sha: blob.sha }],
    });
    const { data: made } = await carol.rest.git.createCommit({
      ...fork,
      message: name,
      tree: tree.sha,
      parents: [ref.object.sha],
    });
    await carol.rest.git.updateRef({ ...fork, ref: 'heads/main', sha: made.sha });
  };
  await commit('one.txt');
  const { data } = await carol.rest.pulls.create({
    ...repository,
    head: 'carol:main',
    base: 'main',
    title: 'From outside',
  });
  return { number: data.number, push: () => commit('two.txt') };
}
