import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { planInit } from '../../cli/init/plan.ts';
import { defaultNames } from '../../cli/init/workflow-names.ts';
import { silentLog } from '../../core/ports/system.ts';
import { type Runner, startRunner } from '../../sandbox/runner/index.ts';
import { load, mainSha, reaches, say, statusSays } from '../app/story.ts';
import { commitFiles, eventually, repository, startWorld, type World } from '../app/world.ts';

/** What a team has to bring: a load test that leaves a summary, a lock file, a migration, a provider of previews. */
const product = {
  'package.json': JSON.stringify({
    name: 'starter',
    version: '1.0.0',
    license: 'MIT',
    scripts: { load: 'node load.mjs' },
  }),
  'package-lock.json': JSON.stringify({
    name: 'starter',
    version: '1.0.0',
    lockfileVersion: 3,
    packages: { '': { name: 'starter', version: '1.0.0', license: 'MIT' } },
  }),
  'load.mjs': `import { mkdirSync, writeFileSync } from 'node:fs';
mkdirSync('perf', { recursive: true });
const metrics = {
  http_reqs: { type: 'counter', contains: 'default', values: { count: 6000, rate: 100 } },
  http_req_failed: { type: 'rate', contains: 'default', values: { rate: 0, passes: 0, fails: 6000 } },
  http_req_duration: {
    type: 'trend',
    contains: 'time',
    values: { avg: 12, min: 3, med: 11, max: 80, 'p(90)': 20, 'p(95)': 25, 'p(99)': 40 },
  },
};
writeFileSync('perf/summary.json', JSON.stringify({ root_group: { name: '', path: '', groups: [], checks: [] }, options: {}, state: { testRunDurationMs: 60000 }, metrics }));
`,
  'migrations/0001_notes.sql': 'create table notes (id bigint primary key, text text);\n',
  '.github/deploy/platform.mjs': `const { argv, env } = process;
if (!['start', 'route'].includes(argv[2])) process.exit(1);
console.log(argv[2], env.ENVIRONMENT, env.VERSION, env.WEIGHT);
`,
  '.github/preview/provider.mjs': `import { carryOut } from './order.mjs';
await carryOut({ create: () => process.env.PREVIEW_URL, sleep: () => {}, wake: () => process.env.PREVIEW_URL, destroy: () => {} });
`,
};

/** The files that \`init\` writes, and the product on top of them, on the default branch. */
async function begin(world: World, metrics: string): Promise<void> {
  const choices = {
    service: 'shop',
    metrics,
    owner: '@acme/release-managers',
    previews: 'own',
    pin: null,
    names: defaultNames,
  } as const;
  const planned = await planInit(choices);
  const files = Object.fromEntries(planned.map(({ path, content }) => [path, content]));
  // The sandbox has no Prometheus, the service's own numbers do; and nobody waits ten minutes here.
  const config = (files['.github/release-conductor.yml'] ?? '')
    .replaceAll('kind: prometheus', 'kind: scrape')
    .replace('soak: 10m', 'soak: 400ms\n    interval: 200ms\n    min_requests: 50');
  const all = { ...files, ...product, '.github/release-conductor.yml': config };
  await commitFiles(world.alice, 'main', all, 'ci: begin with Release Conductor');
}

function runWorkflows(world: World, previewUrl: string): Runner {
  const runner = startRunner({
    github: world.github,
    bundleDirectory: fileURLToPath(new URL('../..', import.meta.url)),
    log: silentLog,
    settings: () => ({
      variables: { CONDUCTOR_URL: world.conductor.url, PREVIEW_URL: previewUrl },
      secrets: {},
    }),
  });
  onTestFinished(() => runner.close());
  return runner;
}

/** The preview: something that is well. */
async function serveHealth(): Promise<string> {
  const server = createServer((_request, response) => response.end('well'));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function verdictsOf(world: World, sha: string): Promise<Record<string, string | null>> {
  const { data } = await world.alice.rest.checks.listForRef({ ...repository, ref: sha, per_page: 100 });
  const own = data.check_runs.filter(({ app }) => app?.id === world.github.app.appId);
  return Object.fromEntries(own.map(({ name, conclusion }) => [name, conclusion]));
}

/** `/promote` until there is nothing to promote any more; the pipeline moves the traffic. */
async function promote(world: World, tag: string): Promise<void> {
  const { tracking_issue: issue } = await reaches(world, tag, 'stage_verified');
  for (const next of ['/promote 50', '/promote 100', null]) {
    await say(world, issue ?? 0, '/promote next');
    if (next !== null) await statusSays(world, issue ?? 0, `waiting for \`${next}\``);
  }
  await reaches(world, tag, 'observing');
}

describe('the starter files', () => {
  it('run in the sandbox as they are: five checks of the App, a preview, and a release', {
    timeout: 120_000,
  }, async () => {
    const world = await startWorld();
    const health = await serveHealth();
    world.traffic.serve('v1.0.0', 100_000);
    const metrics = `http://${world.env.ALLOWED_HOSTS}`;
    await begin(world, metrics);
    const runner = runWorkflows(world, health);
    const sha = await commitFiles(world.alice, 'feature', { 'README.md': '# changed\n' });
    const { data: pull } = await world.alice.rest.pulls.create({
      ...repository,
      head: 'feature',
      base: 'main',
      title: 'docs: change',
    });
    await runner.idle();
    const checks = await eventually(async () => {
      const found = await verdictsOf(world, sha);
      return Object.values(found).includes(null) ? null : found;
    });
    expect(checks).toEqual({
      'slo-gates': 'success',
      'performance-gate': 'success',
      'supply-chain': 'success',
      'migration-gate': 'success',
      'policy-ci': 'success',
    });
    await world.alice.rest.issues.addLabels({
      ...repository,
      issue_number: pull.number,
      labels: ['preview'],
    });
    const probed = await eventually(async () => {
      const run = runner.runs().find(({ run: { path } }) => path.endsWith('preview.yml'));
      return run?.status === 'completed' ? run : null;
    });
    expect([probed.conclusion, probed.jobs.map(({ name, conclusion }) => `${name} ${conclusion}`)]).toEqual([
      'success',
      ['Preview success', 'Golden paths success'],
    ]);
    await world.alice.rest.pulls.merge({ ...repository, pull_number: pull.number });
    onTestFinished(load(world, 'v1.0.0', 'v1.1.0', 0));
    await world.alice.rest.git.createRef({
      ...repository,
      ref: 'refs/tags/v1.1.0',
      sha: await mainSha(world),
    });
    await promote(world, 'v1.1.0');
    const { data: published } = await world.alice.rest.repos.getReleaseByTag({
      ...repository,
      tag: 'v1.1.0',
    });
    expect(published.assets.map(({ name }) => name)).toContain('evidence.zip');
    const deploys = runner.runs().filter(({ run }) => run.path.endsWith('deploy.yml'));
    expect(deploys.filter(({ conclusion }) => conclusion === 'success')).toHaveLength(4);
  });
});
