import { mkdir } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { addAuthenticator, chromiumPath, openBrowser } from '../support/browser.ts';
import { stage } from './story.ts';
import { ask, configure, productionDeployments, replyTo, sayAs, settled } from './talk.ts';
import { eventually, repository, startWorld, type World } from './world.ts';

const policy = `  permissions:
    promote:
      obligations: { step_up: { from_weight: 10 } }
`;

/** Pictures are taken when a folder for them is named. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } };
  for (const [size, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport);
    await page.screenshot({ path: `${folder}/${name}-${size}.png` });
  }
}

/** Opens an address and signs in as somebody. */
async function signIn(page: Page, url: string, login: string): Promise<void> {
  await page.goto(url);
  await page.click('#sign-in');
  await page.click(`#${login}`);
  await page.waitForURL((at) => at.pathname.startsWith('/step-up/') && !at.pathname.endsWith('signed-in'));
}

async function registerPasskey(page: Page, world: World, login: string): Promise<void> {
  const url = `${world.conductor.url}/step-up/passkeys/acme/shop`;
  await page.goto(url);
  if ((await page.$('#sign-in')) !== null) await signIn(page, url, login);
  await page.click('#register');
  await page.waitForSelector('.passkeys li');
}

async function startWithPolicy(env: NodeJS.ProcessEnv = {}): Promise<{ world: World; issue: number }> {
  // A site of WebAuthn has a name: an address of numbers cannot be one.
  const world = await startWorld({ HOST: 'localhost', PASSKEY_DELAY: '0ms', ...env });
  await configure(world, policy);
  return { world, issue: await stage(world, 'v1.1.0') };
}

/** Gives the command and returns the link of its reply. */
async function linkOf(world: World, issue: number, login = 'alice'): Promise<{ id: number; link: string }> {
  const id = await sayAs(world, login, issue, '/promote 10');
  const reply = await replyTo(world, issue, id, /\[confirm here\]/);
  expect(reply).toContain('STEP_UP');
  return { id, link: /\]\((http[^)]+)\)/.exec(reply)?.[1] ?? '' };
}

/** What stands in the browser and not here. */
interface InPage {
  readonly document: { querySelector(selector: string): { readonly content: string } | null };
  readonly SimpleWebAuthnBrowser: {
    startAuthentication(ask: { optionsJSON: object }): Promise<{
      readonly response: { readonly clientDataJSON: string };
    }>;
  };
}

/** A request of the page's script, sent from elsewhere. */
async function post(page: Page, path: string, body: unknown, headers: Record<string, string> = {}) {
  return page.evaluate(
    async ([to, data, extra]) => {
      const { document } = globalThis as unknown as InPage;
      const token = document.querySelector('meta[name="csrf-token"]')?.content ?? '';
      const answer = await fetch(to as string, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-csrf-token': token, ...(extra as object) },
        body: JSON.stringify(data),
      });
      return { status: answer.status, code: ((await answer.json()) as { code?: string }).code };
    },
    [path, body, headers] as const,
  );
}

describe.skipIf(chromiumPath === undefined)('a confirmation with a passkey, in a real browser', () => {
  it('lets the command of that person run once, and stands in the matrix', async () => {
    const { world, issue } = await startWithPolicy();
    const browser = await openBrowser();
    const page = await browser.newPage();
    await addAuthenticator(page);

    const { id, link } = await linkOf(world, issue);
    await page.goto(link);
    await picture(page, 'sign-in');
    await signIn(page, link, 'alice');
    await page.waitForSelector('#no-passkey');
    await picture(page, 'no-passkey');
    await registerPasskey(page, world, 'alice');
    await picture(page, 'passkeys');

    const answer = await page.goto(link);
    const headers = answer?.headers() ?? {};
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['x-frame-options']).toBe('DENY');
    expect(headers['cache-control']).toBe('no-store');
    await picture(page, 'confirm');
    expect(await productionDeployments(world)).toBe(0);
    await page.click('#confirm');
    await page.waitForSelector('#status.done');
    await picture(page, 'confirmed');
    await replyTo(world, issue, id, /Going to \*\*10 %\*\*/);
    await settled(world);
    expect(await productionDeployments(world)).toBe(1);

    const again = await page.goto(link);
    expect(again?.status()).toBe(410);
    await picture(page, 'used');
    const [row] = await world.query<{ row: { stepUp: string | null; decision: string } }>(
      `select state -> 'approvals' -> -1 as row from aggregates where kind = 'release' and key = 'v1.1.0'`,
    );
    expect(row?.row).toMatchObject({ decision: 'allowed', stepUp: expect.stringMatching(/^[0-9a-f]{16}$/) });
    const told = await eventually(async () => {
      const { data } = await world.alice.rest.issues.listForRepo({ ...repository, labels: 'security' });
      return data[0] ?? null;
    });
    expect(told.title).toBe('A passkey was registered for alice');
  });

  it('is refused to another person, to other pages, without the page, twice, and too late', async () => {
    const { world, issue } = await startWithPolicy();
    const browser = await openBrowser();
    const page = await browser.newPage();
    const authenticator = await addAuthenticator(page);
    await registerPasskey(page, world, 'mia');
    const { link, id } = await linkOf(world, issue);

    // another person
    expect((await page.goto(link))?.status()).toBe(403);
    expect(await page.textContent('main')).toContain('OTHER_PERSON');
    const path = new URL(link).pathname;
    await page.goto(`${world.conductor.url}/step-up/passkeys/acme/shop`);
    expect(await post(page, `${path}/options`, {})).toEqual({ status: 403, code: 'OTHER_PERSON' });
    expect(await post(page, path, { response: {} })).toEqual({ status: 403, code: 'OTHER_PERSON' });

    // the right person, with a page of somebody else's browser, another origin, or no token
    const own = await browser.newContext();
    const alice = await own.newPage();
    await addAuthenticator(alice);
    await registerPasskey(alice, world, 'alice');
    await alice.goto(link);
    expect(await post(alice, `${path}/options`, {}, { 'x-csrf-token': 'guess' })).toEqual({
      status: 403,
      code: 'FOREIGN_ORIGIN',
    });
    const cookie = (await own.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    const foreign = await fetch(`${link}/options`, {
      method: 'POST',
      headers: { cookie, origin: 'https://evil.example', 'content-type': 'application/json' },
      body: '{}',
    });
    expect(foreign.status).toBe(403);
    expect(await post(alice, path, { response: {} })).toEqual({ status: 409, code: 'NOT_ASKED' });

    // an answer to another question, of another key, from another site
    const answers = await alice.evaluate(async (to) => {
      const { document } = globalThis as unknown as InPage;
      const token = document.querySelector('meta[name="csrf-token"]')?.content ?? '';
      const send = async (where: string, body: unknown) => {
        const answer = await fetch(where, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-csrf-token': token },
          body: JSON.stringify(body),
        });
        return { status: answer.status, body: (await answer.json()) as { options: object; code?: string } };
      };
      const { SimpleWebAuthnBrowser: library } = globalThis as unknown as InPage;
      const { body: first } = await send(`${to}/options`, {});
      const old = await library.startAuthentication({ optionsJSON: first.options });
      const { body: second } = await send(`${to}/options`, {});
      const stale = await send(to, { response: old });
      await send(`${to}/options`, {});
      const forged = await library.startAuthentication({
        optionsJSON: { ...second.options, challenge: 'AAAA' },
      });
      const otherChallenge = await send(to, { response: forged });
      await send(`${to}/options`, {});
      const data = JSON.parse(atob(old.response.clientDataJSON.replace(/-/g, '+').replace(/_/g, '/')));
      const moved = btoa(JSON.stringify({ ...data, origin: 'https://evil.example' }))
        .replace(/\+/g, '-')
        .replace(/\//g, '_')
        .replace(/=/g, '');
      const otherOrigin = await send(to, {
        response: { ...old, response: { ...old.response, clientDataJSON: moved } },
      });
      return [stale, otherChallenge, otherOrigin].map(({ status, body }) => [status, body.code]);
    }, path);
    expect(answers).toEqual([
      [403, 'PASSKEY_INVALID'],
      [403, 'PASSKEY_INVALID'],
      [403, 'PASSKEY_INVALID'],
    ]);

    // a person who was not verified
    await authenticator.detach();
    await settled(world);
    expect(await productionDeployments(world)).toBe(0);

    // too late, and after the command was taken back
    await world.query(`update step_ups set request = jsonb_set(request, '{until}', '1')`);
    expect((await alice.goto(link))?.status()).toBe(410);
    expect(await alice.textContent('main')).toContain('STEP_UP_EXPIRED');
    await ask(world, issue, '/reject not now', /Rejected/);
    await replyTo(world, issue, id, /REJECTED/);
    expect(await productionDeployments(world)).toBe(0);
  });

  it('waits until a new passkey counts', async () => {
    const { world, issue } = await startWithPolicy({ PASSKEY_DELAY: '24h' });
    const page = await (await openBrowser()).newPage();
    await addAuthenticator(page);
    await registerPasskey(page, world, 'alice');
    expect(await page.textContent('.passkeys')).toContain('counts from');
    const { link } = await linkOf(world, issue);
    await page.goto(link);
    await page.waitForSelector('#no-passkey');
    expect(await post(page, `${new URL(link).pathname}/options`, {})).toEqual({
      status: 409,
      code: 'NO_PASSKEY',
    });
  });
});

describe('a confirmation', () => {
  it('cannot be asked for where nobody can sign in: the command is refused, not let through', async () => {
    const world = await startWorld({ GITHUB_CLIENT_ID: '', GITHUB_CLIENT_SECRET: '' });
    await configure(world, policy);
    const issue = await stage(world, 'v1.1.0');
    await ask(world, issue, '/promote 10', /STEP_UP_UNAVAILABLE/);
    expect(await productionDeployments(world)).toBe(0);
  });
});
