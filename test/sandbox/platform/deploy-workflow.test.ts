import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../../core/ports/system.ts';
import { type Platform, startPlatform } from '../../../sandbox/platform/index.ts';
import { type Runner, startRunner } from '../../../sandbox/runner/index.ts';
import { loadOrganisation, loadVariant, type Variant } from '../../../sandbox/seed/organisation.ts';
import { FakeGithub } from '../runner/fake-github.ts';

const good = 'a'.repeat(40);
const faulty = 'b'.repeat(40);

/** The two calls of GitHub's deployments API that the workflow makes. */
class DeploymentsApi {
  readonly statuses: { readonly id: number; readonly state: string; readonly description: string }[] = [];
  newest = 0;
  /** Instead of the newest alone: every deployment, as GitHub lists them. */
  known: readonly { readonly id: number; readonly payload: unknown }[] | null = null;
  readonly server: Server = createServer((request, answer) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      answer.setHeader('content-type', 'application/json');
      if (!request.headers.authorization?.startsWith('Bearer ghs_')) answer.writeHead(401).end('{}');
      else if (request.method === 'GET') answer.end(JSON.stringify(this.known ?? [{ id: this.newest }]));
      else {
        const id = Number(/deployments\/(\d+)\/statuses/.exec(request.url ?? '')?.[1]);
        const body = JSON.parse(Buffer.concat(chunks).toString()) as { state: string; description: string };
        this.statuses.push({ id, state: body.state, description: body.description });
        answer.writeHead(201).end('{}');
      }
    });
  });
}

let platform: Platform;
let api: DeploymentsApi;
let github: FakeGithub;
let runner: Runner;

beforeEach(async () => {
  platform = await startPlatform({ log: silentLog });
  api = new DeploymentsApi();
  api.server.listen(0, '127.0.0.1');
  await once(api.server, 'listening');
  const address = api.server.address();
  github = new FakeGithub();
  if (typeof address === 'object') github.apiUrl = `http://127.0.0.1:${address?.port}`;
  github.commit(good, await shopFiles());
  github.commit(faulty, { ...(await shopFiles()), ...(await shopFiles('faulty-version')) });
  const settings = {
    secrets: { PLATFORM_TOKEN: platform.deployToken },
    variables: { PLATFORM_URL: platform.url },
  };
  runner = startRunner({ github, bundleDirectory: '/nowhere', settings: () => settings, log: silentLog });
});
afterEach(async () => {
  await runner.close();
  await platform.close();
  api.server.close();
});

async function shopFiles(variant?: Variant): Promise<Record<string, string>> {
  const variables = { platformUrl: platform.url, productionUrl: platform.environmentUrl('production') };
  const files = await (variant === undefined ? loadOrganisation(variables) : loadVariant(variant, variables));
  return Object.fromEntries([...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString()]));
}

async function deploy(id: number, sha: string, version: string, weight: number, task = 'promote') {
  const deployment = {
    id,
    sha,
    ref: version,
    task,
    environment: 'production',
    payload: { schema_version: 1, release: version, version, step: 1, weight },
  };
  const payload = { action: 'created', deployment, sender: { login: 'conductor[bot]' } };
  github.emit({ name: 'deployment', repository: 'acme/shop', sha, ref: `refs/tags/${version}`, payload });
  await runner.idle();
}

/** What went wrong, for the assertion's message. */
function words(): string {
  return JSON.stringify(
    runner.runs().flatMap((run) => [...run.problems, ...run.jobs.flatMap((job) => job.annotations)]),
  );
}

describe('the deploy workflow', () => {
  it('promotes step by step, and rolls back', async () => {
    api.newest = 1;
    await deploy(1, good, 'v1.0.0', 100);
    expect(words()).toBe('[]');
    expect(platform.weights('production')).toEqual({ 'v1.0.0': 100 });

    api.newest = 2;
    await deploy(2, faulty, 'v1.1.0', 10);
    expect(platform.weights('production')).toEqual({ 'v1.1.0': 10, 'v1.0.0': 90 });
    api.newest = 3;
    await deploy(3, faulty, 'v1.1.0', 50);
    expect(platform.weights('production')).toEqual({ 'v1.1.0': 50, 'v1.0.0': 50 });

    api.newest = 4;
    await deploy(4, good, 'v1.0.0', 100, 'rollback');
    expect(platform.weights('production')).toEqual({ 'v1.0.0': 100 });
    expect(api.statuses.map(({ id, state }) => `${id} ${state}`)).toEqual([
      '1 in_progress',
      '1 success',
      '2 in_progress',
      '2 success',
      '3 in_progress',
      '3 success',
      '4 in_progress',
      '4 success',
    ]);
    expect(api.statuses[3]?.description).toBe('v1.1.0 gets 10 % of production');
    const ends = runner.runs().map(({ run, conclusion }) => `${run.name} ${conclusion}`);
    expect(new Set(ends)).toEqual(new Set(['Deploy success', 'Preview skipped']));
    expect(JSON.stringify(runner.runs())).not.toContain(platform.deployToken);
  });

  it('changes nothing for a deployment that a newer one replaced', async () => {
    api.newest = 1;
    await deploy(1, good, 'v1.0.0', 100);
    api.newest = 3;
    await deploy(2, faulty, 'v1.1.0', 50);
    expect(platform.weights('production')).toEqual({ 'v1.0.0': 100 });
    expect(api.statuses.at(-1)).toMatchObject({ id: 2, state: 'failure' });
    expect(words()).toContain('was replaced by 3');
  });

  it('carries out what was decided last, not what arrived last', async () => {
    const order = (id: number, n: number) => {
      const payload = { release: 'v1.1.0', idempotency_key: `release/acme%2Fshop/v1.1.0#deploy/${n}` };
      return { id, payload };
    };
    api.newest = 1;
    await deploy(1, good, 'v1.0.0', 100);
    // Order 3 came a second time, and behind the rollback that is order 4.
    api.known = [order(9, 3), order(8, 4), order(7, 3)];
    await deploy(9, faulty, 'v1.1.0', 50);
    expect(platform.weights('production')).toEqual({ 'v1.0.0': 100 });
    expect(words()).toContain('deployment 9 was replaced by 8');
    await deploy(8, good, 'v1.0.0', 100, 'rollback');
    expect(api.statuses.at(-1)).toMatchObject({ id: 8, state: 'success' });
  });

  it('reports failure for a version that does not start, and leaves the traffic alone', async () => {
    api.newest = 1;
    await deploy(1, good, 'v1.0.0', 100);
    const broken = 'c'.repeat(40);
    github.commit(broken, { ...(await shopFiles()), 'server.js': 'throw new Error("no catalogue");' });
    api.newest = 2;
    await deploy(2, broken, 'v2.0.0', 10);
    expect(platform.weights('production')).toEqual({ 'v1.0.0': 100 });
    expect(api.statuses.at(-1)).toMatchObject({ id: 2, state: 'failure' });
    expect(words()).toContain('no catalogue');
  });

  it('leaves deployments alone that are neither a promotion nor a rollback', async () => {
    await deploy(1, good, 'v1.0.0', 100, 'deploy');
    expect(runner.runs()[0]?.conclusion).toBe('skipped');
    expect(api.statuses).toEqual([]);
  });

  it('answers every fifth list of products with 500 in the faulty variant', async () => {
    api.newest = 1;
    await deploy(1, faulty, 'v1.1.0', 100);
    const statuses: number[] = [];
    for (let count = 0; count < 20; count++) {
      statuses.push((await fetch(`${platform.environmentUrl('production')}/products`)).status);
    }
    expect(statuses.filter((status) => status === 500)).toHaveLength(4);
  });
});
