import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseExposition } from '../../../adapters/scrape/index.ts';
import { silentLog } from '../../../core/ports/system.ts';
import { startLoad } from '../../../sandbox/load/index.ts';
import { type Platform, startPlatform } from '../../../sandbox/platform/index.ts';

const shop = 'sandbox/organisation/shop';
const sha = (letter: string) => letter.repeat(40);

let platform: Platform;
let directory: string;

beforeEach(async () => {
  platform = await startPlatform({ log: silentLog });
  directory = await mkdtemp(join(tmpdir(), 'platform-test-'));
});
afterEach(async () => {
  await platform.close();
  await rm(directory, { recursive: true });
});

/** A checkout of the shop; `faulty` answers 500 to every fifth list of products. */
async function checkout(name: string, faulty = false): Promise<string> {
  const target = join(directory, name);
  await cp(shop, target, { recursive: true });
  if (!faulty) return target;
  const file = join(target, 'src/products.js');
  const source = await readFile(file, 'utf8');
  const broken =
    'let calls = 0;\nexport function listProducts() {\n  if (++calls % 5 === 0) return { status: 500, body: {} };';
  await writeFile(file, source.replace('export function listProducts() {', broken));
  return target;
}

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(`${platform.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${platform.deployToken}`,
      'content-type': 'application/json',
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return {
    status: answer.status,
    body: (await answer.json()) as Record<string, never> & { error?: { code: string; message: string } },
  };
}

const install = async (version: string, letter: string, source: string) =>
  call('PUT', `/environments/production/versions/${version}`, { directory: source, sha: sha(letter) });
const weights = (value: Record<string, number>, headers?: Record<string, string>) =>
  call('PUT', '/environments/production/weights', value, headers);

describe('the platform', () => {
  it('splits real traffic 90/10, counts a faulty version’s errors, and goes back', async () => {
    expect((await install('v1.0.0', 'a', await checkout('good'))).status).toBe(200);
    expect((await install('v1.1.0', 'b', await checkout('bad', true))).status).toBe(200);
    expect((await weights({ 'v1.0.0': 90, 'v1.1.0': 10 })).status).toBe(200);
    const mix = [{ method: 'GET', path: '/products', share: 1 }] as const;
    const load = startLoad({ url: platform.environmentUrl('production'), rate: 500, mix });
    await expect.poll(() => load.report().answered, { timeout: 10_000 }).toBeGreaterThan(500);
    const report = await load.stop();
    const counters = platform.counters('production');
    const total = (counters['v1.0.0']?.requests ?? 0) + (counters['v1.1.0']?.requests ?? 0);
    expect(total).toBe(report.answered);
    expect(Math.abs((counters['v1.1.0']?.requests ?? 0) - total / 10)).toBeLessThanOrEqual(1);
    expect(counters['v1.0.0']?.errors).toBe(0);
    expect(counters['v1.1.0']?.errors).toBe(Math.floor((counters['v1.1.0']?.requests ?? 0) / 5));
    expect(report.byVersion['v1.1.0']).toEqual(counters['v1.1.0']);
    expect(report.failed).toBe(0);

    await weights({ 'v1.0.0': 100 });
    const before = platform.counters('production')['v1.1.0']?.requests;
    for (let count = 0; count < 50; count++)
      await (await fetch(`${platform.environmentUrl('production')}/products`)).text();
    expect(platform.counters('production')['v1.1.0']?.requests).toBe(before);
    expect(platform.weights('production')).toEqual({ 'v1.0.0': 100 });
  });

  it('federates what each process measures, labelled by environment, version and instance', async () => {
    await platform.install({
      environment: 'stage',
      version: 'v1.0.0',
      sha: sha('a'),
      directory: await checkout('x'),
      weights: { 'v1.0.0': 100 },
    });
    await (await fetch(`${platform.environmentUrl('stage')}/products`)).text();
    const text = await (await fetch(`${platform.url}/metrics`)).text();
    const { samples } = parseExposition(text, { openMetrics: false });
    const found = samples.find(
      (sample) => sample.name === 'http_requests_total' && sample.labels.path === '/products',
    );
    expect(found).toMatchObject({
      value: 1,
      labels: { environment: 'stage', version: 'v1.0.0', instance: 'stage-1', code: '200' },
    });
    expect(samples.find((sample) => sample.name === 'up')?.value).toBe(1);
    expect(samples.find((sample) => sample.name === 'proxy_requests_total')?.value).toBe(1);
  });

  it('counts a crashed version’s requests as its errors and goes on serving', async () => {
    await install('v1.0.0', 'a', await checkout('a'));
    await install('v1.1.0', 'b', await checkout('b'));
    await weights({ 'v1.0.0': 50, 'v1.1.0': 50 });
    platform.crash('production', 'v1.1.0');
    await expect
      .poll(async () => (await call('GET', '/environments/production')).body)
      .toMatchObject({
        versions: { 'v1.1.0': { healthy: false } },
      });
    const statuses: number[] = [];
    for (let count = 0; count < 20; count++)
      statuses.push((await fetch(`${platform.environmentUrl('production')}/`)).status);
    expect(statuses.filter((status) => status === 502)).toHaveLength(10);
    expect(platform.counters('production')['v1.1.0']).toEqual({ requests: 10, errors: 10 });
    expect(await (await fetch(`${platform.url}/metrics`)).text()).toMatch(/up\{[^}]*v1\.1\.0[^}]*\} 0/);
    expect((await install('v1.1.0', 'b', await checkout('again'))).body).toMatchObject({
      versions: { 'v1.1.0': { healthy: true } },
    });
  });

  it('keeps a version out of traffic until it is healthy, and names why it is not', async () => {
    const broken = await checkout('broken');
    await writeFile(join(broken, 'server.js'), 'throw new Error("cannot read the catalogue");');
    const { status, body } = await install('v2.0.0', 'c', broken);
    expect(status).toBe(422);
    expect(body.error?.code).toBe('VERSION_UNHEALTHY');
    expect(body.error?.message).toContain('cannot read the catalogue');
    expect((await weights({ 'v2.0.0': 100 })).body.error?.message).toContain('does not run here');
  });

  it('refuses weights of an older deployment, so that a slow promotion never undoes a rollback', async () => {
    await install('v1.0.0', 'a', await checkout('a'));
    await install('v1.1.0', 'b', await checkout('b'));
    await weights({ 'v1.0.0': 100 }, { 'x-deployment-id': '8' });
    const late = await weights({ 'v1.0.0': 50, 'v1.1.0': 50 }, { 'x-deployment-id': '7' });
    expect([late.status, late.body.error?.code]).toEqual([409, 'DEPLOYMENT_SUPERSEDED']);
    expect(platform.weights('production')).toEqual({ 'v1.0.0': 100 });
  });

  it('lets answers under way finish when a version is removed, and never removes one in use', async () => {
    const slow = await checkout('slow');
    const products = await readFile(join(slow, 'src/routes.js'), 'utf8');
    const entered = join(directory, 'entered');
    const wait = `case 'GET /':
      (await import('node:fs')).writeFileSync('${entered}', '');
      await new Promise((resolve) => setTimeout(resolve, 300));`;
    await writeFile(join(slow, 'src/routes.js'), products.replace("case 'GET /':", wait));
    await install('v1.0.0', 'a', await checkout('a'));
    await install('v1.1.0', 'b', slow);
    await weights({ 'v1.1.0': 100 });
    const removal = () => call('DELETE', '/environments/production/versions/v1.1.0');
    expect((await removal()).body.error?.code).toBe('VERSION_IN_USE');
    const answer = fetch(`${platform.environmentUrl('production')}/`);
    await expect.poll(() => existsSync(entered)).toBe(true);
    await weights({ 'v1.0.0': 100 });
    expect((await removal()).status).toBe(200);
    const { status, headers } = await answer;
    expect([status, headers.get('x-version')]).toEqual([200, 'v1.1.0']);
  });

  it.each([
    [
      'a wrong token',
      401,
      () => call('PUT', '/environments/production/weights', {}, { authorization: 'Bearer no' }),
    ],
    ['an unknown environment', 404, () => call('GET', '/environments/moon')],
    [
      'a body that is no install',
      422,
      () => call('PUT', '/environments/stage/versions/v1', { directory: '' }),
    ],
    ['weights that do not sum to 100', 422, () => weights({})],
  ])('refuses %s with %i', async (_what, status, ask) => {
    expect((await ask()).status).toBe(status);
  });

  it('answers 503 while nothing is routed', async () => {
    expect((await fetch(platform.environmentUrl('production'))).status).toBe(503);
  });
});
