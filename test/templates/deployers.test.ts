import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';

const run = promisify(execFile);

const parts = {
  ENVIRONMENT: 'production',
  IMAGE: 'registry.example/shop',
  CONTAINER: 'shop',
  CANARY: 'shop',
  DEPLOYMENT_STABLE: 'shop',
  DEPLOYMENT_CANARY: 'shop-canary',
  HTTP_ROUTE: 'shop',
  ROLLOUT: 'shop',
  HELM_RELEASE: 'shop',
  HELM_CHART: './chart',
  FLAG: 'new-shop',
  FLAG_CONFIGMAP: 'flags',
  POLL_MS: '1',
  POLL_TIMES: '40',
};

/** A cluster on which v1.0.0 has all of the traffic. */
const beginning = {
  calls: [] as string[][],
  objects: {
    'deployment/shop': { image: 'registry.example/shop:v1.0.0' },
    'deployment/shop-primary': { image: 'registry.example/shop:v1.0.0' },
    'deployment/shop-canary': { image: '' },
    'httproute/shop': { spec: { rules: [{ backendRefs: [{ weight: 100 }, { weight: 0 }] }] } },
    'rollout/shop': {
      image: 'registry.example/shop:v1.0.0',
      stable: 'registry.example/shop:v1.0.0',
      spec: {},
      status: { phase: 'Healthy', canary: { weights: { canary: { weight: 0 } } } },
    },
    'configmap/flags': { data: { 'flags.json': JSON.stringify({ flags: { 'new-shop': {} } }) } },
  },
  canary: {
    target: 'shop',
    stepWeights: [10, 50],
    status: { phase: 'Succeeded', canaryWeight: 0 },
  },
  values: { stable: { tag: 'v1.0.0' }, canary: { tag: '', weight: 0 } },
  refuses: false,
};
type Cluster = typeof beginning;

interface Platform {
  /** Carries an order out as the deploy workflow does; the exit status of the first command that fails. */
  order(task: 'promote' | 'rollback', version: string, weight: number | string): Promise<number>;
  cluster(): Promise<Cluster>;
  change(change: (cluster: Cluster) => void): Promise<void>;
}

async function platform(name: string): Promise<Platform> {
  const folder = await mkdtemp(join(tmpdir(), 'deployer-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const tool of ['kubectl', 'helm']) {
    const file = join(folder, tool);
    const source = await readFile('test/templates/fake-cluster.mjs', 'utf8');
    await writeFile(`${file}.mjs`, source.replaceAll('basename(argv[1])', JSON.stringify(tool)));
    await writeFile(file, `#!/bin/sh\nexec ${process.execPath} ${file}.mjs "$@"\n`);
    await chmod(file, 0o755);
  }
  const [state, gates] = [join(folder, 'cluster.json'), join(folder, 'gates.json')];
  await writeFile(state, JSON.stringify(beginning));
  await writeFile(gates, JSON.stringify({ gate: false, rollback: false }));
  const gateUrl = await serveGates(gates);
  const cluster = async (): Promise<Cluster> => JSON.parse(await readFile(state, 'utf8'));
  return {
    cluster,
    change: async (change) => {
      const found = await cluster();
      change(found);
      await writeFile(state, JSON.stringify(found));
    },
    order: async (task, version, weight) => {
      const env = {
        ...parts,
        PATH: `${folder}:${dirname(process.execPath)}:/usr/bin:/bin`,
        CLUSTER: state,
        GATES: gates,
        GATE_URL: gateUrl,
        TASK: task,
        VERSION: version,
        WEIGHT: String(weight),
      };
      for (const command of ['start', 'route']) {
        const status = await run(process.execPath, [`templates/deployers/${name}.mjs`, command], {
          env,
        }).then(
          () => 0,
          (error: { code: number }) => error.code,
        );
        if (status !== 0) return status;
      }
      return 0;
    },
  };
}

/** Flagger's load tester: two gates that can be opened and closed. */
async function serveGates(file: string): Promise<string> {
  const server = createServer(async (request, response) => {
    const [, gate = '', word] = (request.url ?? '').split('/');
    const gates = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify({ ...gates, [gate]: word === 'open' }));
    response.writeHead(202).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Percent of the traffic that the cluster itself gives to a version. */
const shares: Readonly<Record<string, (cluster: Cluster, version: string) => number>> = {
  'gateway-api': ({ objects }, version) => {
    const [stable, canary] = objects['httproute/shop'].spec.rules[0]?.backendRefs ?? [];
    const runs = (name: 'shop' | 'shop-canary'): boolean =>
      objects[`deployment/${name}`].image.endsWith(version);
    return (runs('shop') ? (stable?.weight ?? 0) : 0) + (runs('shop-canary') ? (canary?.weight ?? 0) : 0);
  },
  'argo-rollouts': ({ objects }, version) => {
    const { image, stable, status } = objects['rollout/shop'];
    if (stable.endsWith(version))
      return status.phase === 'Healthy' ? 100 : 100 - status.canary.weights.canary.weight;
    return image.endsWith(version) ? status.canary.weights.canary.weight : 0;
  },
  flagger: ({ objects, canary }, version) => {
    const isPrimary = objects['deployment/shop-primary'].image.endsWith(version);
    if (isPrimary) return 100 - canary.status.canaryWeight;
    return objects['deployment/shop'].image.endsWith(version) ? canary.status.canaryWeight : 0;
  },
  helm: ({ values }, version) =>
    (values.stable.tag === version ? 100 - values.canary.weight : 0) +
    (values.canary.tag === version ? values.canary.weight : 0),
  flagd: ({ objects }, version) => {
    const text = objects['configmap/flags'].data['flags.json'];
    const on = JSON.parse(text).flags['new-shop'].targeting?.fractional[0][1] ?? 0;
    return version === 'v1.1.0' ? on : 100 - on;
  },
};
const platforms = Object.keys(shares);

describe.each(platforms)('the deployer for %s', (name) => {
  const share = async (one: Platform, version: string): Promise<number> =>
    shares[name]?.(await one.cluster(), version) ?? -1;

  it('brings a version over 10 and 50 to 100 %, each as the platform says itself', async () => {
    const one = await platform(name);
    for (const weight of [10, 50, 100]) {
      expect(await one.order('promote', 'v1.1.0', weight)).toBe(0);
      expect(await share(one, 'v1.1.0')).toBe(weight);
    }
  });

  it.each([50, 100])('gives all of the traffic back from %s %%', async (reached) => {
    const one = await platform(name);
    for (const weight of [10, 50, 100].filter((step) => step <= reached)) {
      await one.order('promote', 'v1.1.0', weight);
    }
    expect(await one.order('rollback', 'v1.0.0', 100)).toBe(0);
    expect(await share(one, 'v1.0.0')).toBe(100);
    expect(await share(one, 'v1.1.0')).toBe(0);
  });

  it('does the same when the same order comes twice', async () => {
    const one = await platform(name);
    for (const weight of [10, 10]) expect(await one.order('promote', 'v1.1.0', weight)).toBe(0);
    expect(await share(one, 'v1.1.0')).toBe(10);
  });

  it('refuses a weight that is none, before it calls any tool that changes something', async () => {
    const one = await platform(name);
    expect(await one.order('promote', 'v1.1.0', '10; reboot')).toBe(1);
    const { calls } = await one.cluster();
    expect(calls.filter((words) => words.includes('patch') || words.includes('upgrade'))).toEqual([]);
    expect(await share(one, 'v1.0.0')).toBe(100);
  });
});

describe('a deployer', () => {
  it.each<[string, (cluster: Cluster) => void]>([
    ['flagger', ({ canary }) => Object.assign(canary, { stepWeights: [20, 50] })],
    ['helm', (cluster) => Object.assign(cluster, { refuses: true })],
    ['gateway-api', ({ objects }) => Reflect.deleteProperty(objects, 'httproute/shop')],
    [
      'flagd',
      ({ objects }) => Object.assign(objects['configmap/flags'].data, { 'flags.json': '{"flags":{}}' }),
    ],
    ['argo-rollouts', ({ objects }) => Reflect.deleteProperty(objects, 'rollout/shop')],
  ])('for %s fails when the platform does something else', async (name, change) => {
    const one = await platform(name);
    await one.change(change);
    expect(await one.order('promote', 'v1.1.0', 10)).not.toBe(0);
  });

  it('passes a version on as an argument, never through a shell', async () => {
    const one = await platform('gateway-api');
    const version = 'v1$(reboot)';
    await one.order('promote', version, 10);
    const { calls } = await one.cluster();
    expect(calls[0]?.at(-1)).toBe(`shop=registry.example/shop:${version}`);
  });
});
