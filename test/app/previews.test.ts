import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startConductor } from '../../app/start.ts';
import { asUser } from '../sandbox/github/support.ts';
import { chromiumPath, openBrowser } from '../support/browser.ts';
import { failReads } from './failing-reads.ts';
import { ask, configPath, settled } from './talk.ts';
import { commitFiles, eventually, repository, startWorld, submit, type World } from './world.ts';

const minute = 60_000;

const plan = (more = ''): string => `
previews:
  when: label
${more}`;

/** Called when everything was tried. */
const closings: (() => unknown)[] = [];
const atEnd = (close: () => unknown): void => void closings.push(close);
afterAll(async () => {
  for (const close of closings) await close();
});

/** A world whose repository has previews. */
async function withPreviews(more = '', extra: NodeJS.ProcessEnv = {}): Promise<World> {
  const world = await startWorld(extra, startConductor, atEnd);
  await setConfig(world, plan(more));
  return world;
}

/** Puts sections behind the config with which the world began. */
async function setConfig({ alice }: World, sections: string): Promise<void> {
  const { data } = await alice.rest.repos.getContent({ ...repository, path: configPath });
  const text = Buffer.from((data as { content: string }).content, 'base64').toString('utf8');
  const begin = text.split('\npreviews:')[0];
  await commitFiles(alice, 'main', { [configPath]: `${begin}${sections}` }, 'ci: previews');
}

let opened = 0;

async function open(world: World, name: string, labels: readonly string[] = ['preview']): Promise<number> {
  const branch = `${name}-${++opened}`;
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
function report(
  { alice }: World,
  { id }: Order,
  state: 'success' | 'failure' = 'success',
  url = `https://preview-${id}.example.com/`,
): Promise<unknown> {
  const status = { state, environment_url: url, auto_inactive: false };
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

/** Something happens to the pull request that says nothing. */
function touch({ alice }: World, number: number): Promise<unknown> {
  return alice.rest.pulls.update({ ...repository, pull_number: number, title: `title ${++opened}` });
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
  const { data } = await world.alice.rest.repos.getAllEnvironments({ ...repository });
  expect(data.environments?.map(({ name }) => name)).not.toContain(`preview/pr-${number}`);
}

/** Money for all: many previews stand here at the end. */
const ample = '  budget: { repository: 100, organisation: 100 }\n  max_concurrent: 50\n';

/** One world for all that asks for no config of its own. Whatever the Conductor reads there fails once. */
let world: World;
beforeAll(async () => {
  world = await withPreviews(ample);
  failReads(world);
});

describe('a preview', () => {
  it('lives from the label to the merge, with one comment that says address, cost and end', async () => {
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

  it.skipIf(chromiumPath === undefined)(
    'is woken by a visitor with a browser, who comes to it without doing anything',
    async () => {
      const product = await serve((response) => {
        response.setHeader('content-type', 'text/html');
        response.end('<title>The shop</title>');
      });
      const number = await open(world, 'feature');
      await report(world, await order(world, number, 1), 'success', product.url);
      await commentOf(world, number, /running/);
      await ask(world, number, '/preview sleep', /sleeps/);
      await report(world, await order(world, number, 2), 'success', product.url);
      const gateway = /\| wakes at \| (\S+) \|/.exec(await commentOf(world, number, /: asleep/))?.[1] ?? '';
      const page = await (await openBrowser()).newPage();
      await page.goto(gateway);
      expect(await page.title()).toBe(`Preview of #${number}: asleep`);
      expect(await page.locator('p').innerText()).toContain('It wakes for this visit');
      const woken = await order(world, number, 3);
      expect(woken.action).toBe('wake');
      await page.reload();
      expect(await page.locator('h1').innerText()).toContain('waking up');
      await report(world, woken, 'success', product.url);
      await page.waitForURL(product.url);
      expect(await page.title()).toBe('The shop');
    },
  );

  it('outlives a config that somebody broke, and ends with one that declares none', async () => {
    const number = await open(world, 'feature');
    await running(world, number);
    await setConfig(world, '\npreviews: { when: never }\n');
    await touch(world, number);
    await settled(world);
    expect(await orders(world, number)).toHaveLength(1);
    await setConfig(world, '');
    await touch(world, number);
    expect((await order(world, number, 2)).action).toBe('destroy');
    await setConfig(world, plan(ample));
  });

  it('is refused where the config declares none', async () => {
    await setConfig(world, '');
    const number = await open(world, 'feature', []);
    await settled(world);
    await ask(world, number, '/preview', /a preview of this pull request/);
    await commentOf(world, number, /declares no `previews`/);
    expect(await orders(world, number)).toEqual([]);
    await setConfig(world, plan(ample));
  });
});

function endOf(comment: string): number {
  return Date.parse(/\| ends \| (\S+) \|/.exec(comment)?.[1] ?? '');
}

describe('scenario 21', () => {
  it('a conflicted close, of which no webhook tells, is found by the sweep and torn down', async () => {
    const number = await open(world, 'feature');
    await running(world, number);
    await world.conductor.close();
    await world.alice.rest.pulls.update({ ...repository, pull_number: number, state: 'closed' });
    await world.start();
    await report(world, await order(world, number, 2));
    await isGone(world, number);
  });

  it('a merge that is faster than the build leaves nothing, and nothing comes back', async () => {
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
});

describe('golden paths of a preview', () => {
  beforeAll(async () => {
    await commitFiles(world.alice, 'main', { 'golden_paths.yaml': 'version: 1\npaths: []\n' }, 'test: paths');
  });

  /** `slo-gates` of a commit, as GitHub shows it. */
  async function slo(sha: string): Promise<{ status: string; conclusion: string | null; said: string }> {
    const { data } = await world.alice.rest.checks.listForRef({
      ...repository,
      ref: sha,
      check_name: 'slo-gates',
    });
    const { status, conclusion, output } = data.check_runs[0] ?? { status: 'none', conclusion: null };
    return { status, conclusion, said: `${output?.title} ${output?.summary}` };
  }

  async function becomes(sha: string, wanted: RegExp): Promise<void> {
    await eventually(async () => {
      const { status, conclusion, said } = await slo(sha);
      if (wanted.test(`${status} ${conclusion} ${said}`)) return true;
      throw new Error(`slo-gates is ${status} ${conclusion}: ${said}`);
    });
  }

  async function headOf(number: number): Promise<string> {
    return (await world.alice.rest.pulls.get({ ...repository, pull_number: number })).data.head.sha;
  }

  it('are waited for: no result of the push alone turns slo-gates green', async () => {
    const number = await open(world, 'walked');
    const made = await order(world, number, 1);
    await submit(world, { gate: 'slo', sha: made.sha });
    await becomes(made.sha, /^queued null Waiting for the golden paths of the preview/);
    await report(world, made);
    await becomes(made.sha, /^queued .*it runs, and its golden paths are being walked/);
    await submit(world, { gate: 'slo', sha: made.sha, event: 'deployment', ref: made.sha });
    await becomes(made.sha, /^completed success/);
  });

  it('are not waited for where nobody asks for a preview, until somebody does', async () => {
    const number = await open(world, 'unasked', []);
    const sha = await headOf(number);
    await submit(world, { gate: 'slo', sha });
    await becomes(sha, /^completed success .*push alone\*\*: no preview is asked for/s);
    await label(world, number, ['preview']);
    await becomes(sha, /^queued .*it is being made/);
  });

  it('that cannot be walked are missing: a budget that is spent turns nothing green', async () => {
    await setConfig(world, plan('  budget: { preview: 0 }\n'));
    const number = await open(world, 'refused');
    const sha = await headOf(number);
    await submit(world, { gate: 'slo', sha });
    await becomes(sha, /^completed failure inconclusive: .*BUDGET_SPENT/s);
    await ask(world, number, '/preview destroy', /goes/);
    await becomes(sha, /^completed success/);
  });

  it('hold nobody up where the config takes what is reported: the check passes, with the reason', async () => {
    await setConfig(world, plan('  golden_paths: if-reported\n  budget: { preview: 0 }\n'));
    const number = await open(world, 'refused');
    const sha = await headOf(number);
    await submit(world, { gate: 'slo', sha });
    await becomes(sha, /^completed success .*the preview was refused \(BUDGET_SPENT\), and .*if-reported/s);
  });
});

describe('who waits', () => {
  let world: World;
  beforeAll(async () => {
    world = await withPreviews('  max_concurrent: 1\n');
  });

  const close = (number: number) =>
    world.alice.rest.pulls.update({ ...repository, pull_number: number, state: 'closed' });

  it('gets what becomes free by itself and in its turn, after a restart too, and never when it is closed', async () => {
    const first = await open(world, 'first');
    await running(world, first);
    const [second, third, fourth] = [
      await open(world, 'second'),
      await open(world, 'third'),
      await open(world, 'fourth'),
    ];
    for (const waiting of [second, third, fourth]) await commentOf(world, waiting, /already \(#\d+\)/);
    await close(second);
    await settled(world);
    await close(first);
    await report(world, await order(world, first, 2));
    expect((await order(world, third, 1)).action).toBe('create');
    await running(world, third);
    // The provider's word that there is room comes while nobody is there: a restart looks at who waits.
    await close(third);
    const torn = await order(world, third, 2);
    await world.conductor.close();
    await report(world, torn);
    await world.start();
    await running(world, fourth);
    expect(await orders(world, second)).toEqual([]);
    await close(fourth);
    await report(world, await order(world, fourth, 2));
    await isGone(world, fourth);
  });

  it('takes the place of another one by /preview make-room', async () => {
    const first = await open(world, 'first');
    await running(world, first);
    const second = await open(world, 'second');
    await commentOf(world, second, /`\/preview make-room` here takes the place of #/);
    await ask(world, second, '/preview make-room', /NOT_PERMITTED/, 'carol');
    await ask(world, second, '/preview make-room', /others make room/);
    await report(world, await order(world, first, 2));
    await commentOf(world, first, new RegExp(`to make room for the preview of #${second}`));
    await running(world, second);
    for (const number of [first, second]) await close(number);
    await report(world, await order(world, second, 2));
    await isGone(world, second);
  });
});

describe('money', () => {
  let world: World;
  let bill: { url: string; answer: (response: ServerResponse) => void };
  beforeAll(async () => {
    bill = await serveBill();
    world = await withPreviews('', { ALLOWED_HOSTS: new URL(bill.url).host });
  });

  it('of two that begin at once on two replicas, each sees the other: no more exist than are allowed', async () => {
    await setConfig(world, plan('  max_concurrent: 2\n  budget: { repository: 40, organisation: 40 }\n'));
    const second = await startConductor({ ...world.env, PORT: '0' });
    atEnd(() => second.close());
    const numbers = await Promise.all([1, 2, 3, 4, 5, 6].map(() => open(world, 'many', [])));
    await settled(world);
    await Promise.all(numbers.map((number) => label(world, number, ['preview'])));
    await Promise.all(numbers.map((number) => commentOf(world, number, /being made|refused/)));
    await settled(world);
    const made = await Promise.all(numbers.map(async (number) => (await orders(world, number)).length));
    expect(made.toSorted()).toEqual([0, 0, 0, 0, 1, 1]);
    const refused = numbers[made.indexOf(0)] ?? 0;
    expect(await commentOf(world, refused, /refused/)).toContain('There are 2 previews already');
    const standing = numbers.filter((_, index) => made[index] === 1);
    for (const number of standing) await running(world, number);
    await Promise.all(
      numbers.map((pull_number) =>
        world.alice.rest.pulls.update({ ...repository, pull_number, state: 'closed' }),
      ),
    );
    for (const number of standing) {
      await report(world, await order(world, number, 2));
      await isGone(world, number);
    }
    await second.close();
  });

  it('that the cost endpoint tells of counts: no figure starts nothing, a figure is quoted', async () => {
    await setConfig(world, plan(`  cost: { endpoint: "${bill.url}cost" }\n  budget: { preview: 3 }\n`));
    bill.answer = (response) => response.writeHead(500).end();
    const number = await open(world, 'dear');
    await commentOf(world, number, /cost endpoint of the config did not answer/);
    bill.answer = (response) => response.end('{"spent_today_usd": 3.5}');
    await ask(world, number, '/preview', /a preview of this pull request/);
    await commentOf(world, number, /budget of this preview is \$3\.00 a day: \$3\.50 is spent/);
    expect(await orders(world, number)).toEqual([]);
    await world.alice.rest.pulls.update({ ...repository, pull_number: number, state: 'closed' });
  });

  it('that is spent refuses, and the refusal quotes what was spent and by which preview', async () => {
    const dear = `  cost: { default_size: big, sizes: { big: { per_hour: 1.4 }, tiny: { per_hour: 0.001 } } }
  budget: { preview: 40, repository: 40, organisation: 40 }\n`;
    await setConfig(world, plan(dear));
    const first = await open(world, 'first');
    await running(world, first);
    // It has lived since midnight, and cost what it costs.
    await setMeter(world, first, `{"from": ${Date.now() - 10}, "to": null, "perHour": 40000000}`);
    const second = await open(world, 'second');
    const refusal = await commentOf(world, second, /budget of the repository is \$40\.00 a day/);
    expect(refusal).toMatch(new RegExp(`acme/shop#${first} \\$[\\d.]+ and counting`));
    expect(refusal).toContain(`\`/preview destroy\` on #${first}, the oldest, leaves more`);
    expect(await orders(world, second)).toEqual([]);
  });

  it('of a day is reported once, after midnight, in an issue', async () => {
    const number = await open(world, 'yesterday');
    await commentOf(world, number, /refused/);
    const noon = Math.floor(Date.now() / (24 * 60 * minute)) * 24 * 60 * minute - 12 * 60 * minute;
    await setMeter(world, number, `{"from": ${noon}, "to": ${noon + 60 * minute}, "perHour": 1.25}`);
    await world.query(`delete from aggregates where kind = 'ledger'`);
    for (const _ of ['midnight', 'a restart']) {
      await world.conductor.close();
      await world.start();
      await settled(world);
    }
    const { data } = await world.alice.rest.issues.listForRepo({ ...repository, state: 'all' });
    const issues = data.filter(({ title }) => title === 'Previews: daily report');
    expect(issues).toHaveLength(1);
    const issue_number = issues[0]?.number ?? 0;
    const said = await eventually(async () => {
      const { data: comments } = await world.alice.rest.issues.listComments({ ...repository, issue_number });
      return comments.length === 0 ? null : comments;
    });
    expect(said).toHaveLength(1);
    const yesterday = new Date(noon).toISOString().slice(0, 10);
    expect(said[0]?.body).toContain(`Previews on ${yesterday} (UTC): $1.25 of $40.00`);
    expect(said[0]?.body).toContain(`| #${number} | $1.25 | gone |`);
  });
});

function setMeter({ query }: World, number: number, stretch: string): Promise<unknown> {
  return query(
    `update aggregates set state = jsonb_set(state::jsonb, '{meter}', '[${stretch}]')
     where kind = 'preview' and key = 'pr/${number}'`,
  );
}

/** A cost endpoint that answers as it is told. */
async function serveBill(): Promise<{ url: string; answer: (response: ServerResponse) => void }> {
  const bill = { url: '', answer: (response: ServerResponse): unknown => response.end('{}') };
  bill.url = (await serve((response) => bill.answer(response))).url;
  return bill;
}

async function serve(answer: (response: ServerResponse) => unknown): Promise<{ url: string }> {
  const server = createServer((_request, response) => void answer(response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

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
