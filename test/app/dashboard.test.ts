import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeWorld } from '../cli/support.ts';
import { mainSha } from './story.ts';
import { eventually, repository, startWorld, type World } from './world.ts';

const readToken = 'a-secret-of-machines';
const closing: (() => unknown)[] = [];
let world: World;

beforeAll(async () => {
  world = await startWorld({ DASHBOARD: 'readers', READ_TOKEN: readToken }, undefined, (close) =>
    closing.push(close),
  );
  await world.alice.rest.git.createRef({ ...repository, ref: 'refs/tags/v1.1.0', sha: await mainSha(world) });
  await eventually(async () =>
    (await as(null, '/v1/releases', readToken)).text.includes('v1.1.0') ? true : null,
  );
});

afterAll(async () => {
  for (const close of closing.toReversed()) await close();
});

interface Seen {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

async function as(cookie: string | null, path: string, token?: string, accept = 'text/html'): Promise<Seen> {
  const answer = await fetch(`${world.conductor.url}${path}`, {
    redirect: 'manual',
    headers: {
      accept,
      ...(cookie === null ? {} : { cookie }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
  });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

/** The cookies of somebody who signed in on GitHub as this person. */
async function signIn(
  login: string,
  back = '/',
): Promise<{ readonly cookie: string; readonly end: string | null }> {
  const begun = await as(null, `/step-up/sign-in?back=${encodeURIComponent(back)}`);
  const first = cookiesOf(begun.headers);
  const ask = new URL(String(begun.headers.get('location')));
  ask.pathname += `/${login}`;
  const agreed = await fetch(ask, { redirect: 'manual' });
  const home = new URL(String(agreed.headers.get('location')));
  const signed = await as(first, `${home.pathname}${home.search}`);
  return { cookie: cookiesOf(signed.headers), end: signed.headers.get('location') };
}

function cookiesOf(headers: Headers): string {
  return headers
    .getSetCookie()
    .map((line) => line.split(';')[0] ?? '')
    .filter((pair) => !pair.endsWith('='))
    .join('; ');
}

const closed = [
  '/',
  '/audit',
  '/audit?repository=acme/shop',
  '/previews',
  '/canary/acme/shop/v1.1.0',
  '/governance/acme/shop',
  '/doctor/acme/shop',
  '/v1/releases',
  '/v1/releases/v1.1.0',
  '/v1/releases/v1.1.0/kpis',
  '/v1/audit?repository=acme/shop',
  '/v1/audit/heads?repository=acme/shop',
  '/v1/governance/acme/shop',
  '/metrics',
  '/whatever/comes/next',
];

describe('the dashboard on an address that others reach', () => {
  it.each(closed)('shows %s to nobody who is not known', async (path) => {
    const seen = await as(null, path);
    expect(seen.status).toBe(401);
    expect(seen.text).not.toMatch(/<table|"sha"|# TYPE/);
    expect(seen.text).toContain('Sign in with GitHub');
    expect(await as('rc_reader=eyJ2YWx1ZSI6MX0.x', path)).toMatchObject({ status: 401 });
    expect(await as(null, path, 'a-wrong-secret-of-machines')).toMatchObject({ status: 401 });
  });

  it.each(['/health', '/ready', '/v1/openapi.json', '/.well-known/release-conductor/keys.json'])(
    'leaves %s open',
    async (path) => {
      expect((await as(null, path)).status).toBe(200);
    },
  );

  it('stands before nothing that asks for a token or a signature of its own', async () => {
    const { text } = await as(null, '/v1/openapi.json');
    const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, { security?: object[] }>> };
    const locked = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { security }]) =>
        security?.some((one) => 'oidc' in one) ? [{ path, method }] : [],
      ),
    );
    expect(locked.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['/v1/promotions', '/v1/rollbacks']),
    );
    for (const { path, method } of locked) {
      const answer = await fetch(`${world.conductor.url}${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(method === 'get' ? {} : { body: '{}' }),
      });
      expect({ path, code: ((await answer.json()) as { code: string }).code }).not.toMatchObject({
        code: 'SIGN_IN_NEEDED',
      });
    }
  });

  it('tells scripts in their own words', async () => {
    const { status, text } = await as(null, '/v1/releases', undefined, 'application/json');
    expect(status).toBe(401);
    expect(JSON.parse(text)).toMatchObject({
      code: 'SIGN_IN_NEEDED',
      help: expect.stringContaining('READ_TOKEN'),
    });
  });

  it('shows machines with the token everything, metrics too', async () => {
    expect((await as(null, '/metrics', readToken)).text).toContain('# TYPE');
    expect((await as(null, '/v1/releases/v1.1.0', readToken)).status).toBe(200);
    await reachesWithToken();
  });

  it('shows a reader of a repository what is in it, after a sign-in on GitHub', async () => {
    const { cookie, end } = await signIn('carol', '/audit?repository=acme/shop');
    expect(end).toBe('/audit?repository=acme/shop');
    expect((await as(cookie, '/')).text).toContain('v1.1.0');
    expect((await as(cookie, '/v1/releases')).text).toContain('v1.1.0');
    expect((await as(cookie, '/canary/acme/shop/v1.1.0')).status).toBe(200);
    expect((await as(cookie, '/audit?repository=acme/shop')).status).toBe(200);
    expect((await as(cookie, '/v1/releases/v1.1.0')).status).toBe(400);
    expect((await as(cookie, '/v1/releases/v1.1.0?repository=acme/shop')).status).toBe(200);
    expect((await as(cookie, '/metrics')).status).toBe(403);
    expect((await as(cookie, '/doctor/acme/shop')).text).toContain('slo-gates is not required on main');
  });

  it('shows somebody else nothing of it, not even that it is there', async () => {
    const { cookie } = await signIn('carol');
    expect((await as(cookie, '/canary/acme/secret/v1.1.0')).status).toBe(404);
    expect((await as(cookie, '/audit?repository=acme/secret')).status).toBe(404);
    expect((await as(cookie, '/canary/acme%2Fsecret/x')).status).toBe(404);
    expect((await as(cookie, '/v1/audit?repository=acme/secret&repository=acme/shop')).status).toBe(404);
  });

  it.each([
    '/%63anary/acme/secret/v1.1.0?repository=acme/shop',
    '/canary/acme/%73ecret/v1.1.0?repository=acme/shop',
    '//canary/acme/secret/v1.1.0?repository=acme/shop',
    '/CANARY/acme/secret/v1.1.0?repository=acme/shop',
    '/canary/acme/shop/../secret/v1.1.0?repository=acme/shop',
    '/%67overnance/acme/secret?repository=acme/shop',
    '/v1/%67overnance/acme/secret?repository=acme/shop',
    '/canary/acme/secret/%E0%A4%A?repository=acme/shop',
    '/canary/%E0%A4%A/secret/v1.1.0',
    '/v1/releases/v1.1.0?repository=acme/shop&repository=acme/secret',
    '/v1/releases/v1.1.0?repository=acme/shop&tag=x&%72epository=acme/secret',
  ])('is not talked round by %s', async (path) => {
    await knownElsewhere();
    const { cookie } = await signIn('carol');
    const seen = await as(cookie, path);
    expect([400, 404]).toContain(seen.status);
    expect(seen.text).not.toContain('acme/secret');
  });

  it.each([
    '/canary/acme/secret/v1.1.0',
    '/canary/acme/shop/v9.9.9',
    '/governance/acme/shop',
    '/no/such/place?repository=acme/shop',
  ])('answers a browser at %s with a page that leads back, a program with a document', async (path) => {
    const { cookie } = await signIn('carol');
    const page = await as(cookie, path);
    expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
    expect(page.text).toContain('<a href="/">Releases</a>');
    const document = await as(cookie, path, undefined, 'application/json');
    expect([document.status, document.headers.get('content-type')]).toEqual([
      404,
      'application/problem+json',
    ]);
  });

  it('shows a quiet repository to its reader, however much happens in one that they may not read', async () => {
    await busyElsewhere();
    const { cookie } = await signIn('carol');
    for (const path of ['/', '/v1/releases']) {
      const { text } = await as(cookie, path);
      expect(text).toContain('v1.1.0');
      expect(text).not.toContain('acme/secret');
      expect((await as(null, path, readToken)).text).toContain('acme/secret');
    }
    expect((await as(cookie, '/v1/releases?repository=acme/secret')).status).toBe(404);
  });

  it('lets nobody confirm a command who signed in to look', async () => {
    const { cookie } = await signIn('mia');
    expect((await as(cookie, '/step-up/passkeys/acme/shop')).text).toContain('Sign in with GitHub');
  });

  it.each(['https://evil.test/', '//evil.test/', '/\\evil.test', '/a/../b', 'javascript:alert(1)'])(
    'sends nobody back to %s',
    async (back) => {
      expect((await as(null, `/step-up/sign-in?back=${encodeURIComponent(back)}`)).status).toBe(400);
    },
  );

  it('answers the command line that has the token', async () => {
    const shell = (env: Record<string, string>) =>
      new FakeWorld('/', { CONDUCTOR_URL: world.conductor.url, ...env }, fetch);
    const known = shell({ CONDUCTOR_TOKEN: readToken });
    expect(await known.run('status', 'v1.1.0')).toBe(0);
    expect(known.stdout).toContain('v1.1.0');
    expect(await shell({}).run('status', 'v1.1.0')).not.toBe(0);
  });
});

/** The Conductor knows a release of a repository that nobody here may read. */
async function knownElsewhere(): Promise<void> {
  await world.query(
    `insert into aggregates select (a).* from (
       select jsonb_populate_record(null::aggregates, to_jsonb(aggregates) || '{"repository": "acme/secret"}') as a
         from aggregates where kind = 'release' and repository = 'acme/shop') as copied
     on conflict do nothing`,
  );
  expect((await as(null, '/canary/acme/secret/v1.1.0', readToken)).status).toBe(200);
}

/** So many releases of a repository that nobody here may read, each newer than all others, that they fill every list. */
async function busyElsewhere(): Promise<void> {
  await world.query(
    `insert into aggregates select (a).* from (
       select jsonb_populate_record(null::aggregates, to_jsonb(aggregates) || jsonb_build_object(
           'repository', 'acme/secret', 'key', 'v9.0.' || n, 'tracking_issue', null,
           'updated_at', updated_at + interval '1 hour')) as a
         from aggregates, generate_series(1, 250) n
        where kind = 'release' and repository = 'acme/shop') as copied
     on conflict do nothing`,
  );
}

async function reachesWithToken(): Promise<void> {
  const { text } = await as(null, '/v1/releases/v1.1.0?repository=acme/shop', readToken);
  expect(JSON.parse(text)).toMatchObject({ tag: 'v1.1.0' });
}
