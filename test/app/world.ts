import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { parse } from 'yaml';
import { type RunningConductor, startConductor } from '../../app/start.ts';
import type { GateName } from '../../core/gate/names.ts';
import { gateNames } from '../../core/gate/names.ts';
import type { GateResult, Verdict } from '../../core/gate/result.ts';
import { type LocalGithub, startGithub } from '../../sandbox/github/index.ts';
import { asUser, commitFiles, type Octokit, repository } from '../sandbox/github/support.ts';
import { sha256Hex } from '../support/digest.ts';
import { type AtEnd, atTestEnd, createTestDatabase } from '../support/postgres.ts';

export { commitFiles, repository };

export const workflowPath = '.github/workflows/gates.yml';

/** Traffic of the two versions, as the metrics endpoint shows it. */
export class Traffic {
  readonly #requests = new Map<string, { good: number; bad: number }>();

  serve(version: string, good: number, bad = 0, environment = 'production'): void {
    const arm = `version="${version}",environment="${environment}",instance="${version}-${environment}-1"`;
    const known = this.#requests.get(arm) ?? { good: 0, bad: 0 };
    this.#requests.set(arm, { good: known.good + good, bad: known.bad + bad });
  }

  exposition(): string {
    const lines = ['# TYPE http_requests_total counter'];
    const slow = ['# TYPE http_request_duration_seconds histogram'];
    for (const [labels, { good, bad }] of this.#requests) {
      lines.push(`http_requests_total{${labels},code="200"} ${good}`);
      lines.push(`http_requests_total{${labels},code="500"} ${bad}`);
      slow.push(`http_request_duration_seconds_bucket{${labels},le="0.25"} ${good + bad}`);
      slow.push(`http_request_duration_seconds_bucket{${labels},le="+Inf"} ${good + bad}`);
      slow.push(`http_request_duration_seconds_sum{${labels}} 1`);
      slow.push(`http_request_duration_seconds_count{${labels}} ${good + bad}`);
    }
    return `${[...lines, ...slow].join('\n')}\n`;
  }
}

export interface World {
  readonly github: LocalGithub;
  readonly alice: Octokit;
  readonly traffic: Traffic;
  readonly databaseUrl: string;
  readonly query: Awaited<ReturnType<typeof createTestDatabase>>['query'];
  conductor: RunningConductor;
  /** The environment that the Conductor was started with. */
  readonly env: NodeJS.ProcessEnv;
  start(): Promise<RunningConductor>;
}

/** A local GitHub with a configured repository, a metrics endpoint, and a Conductor on a database of its own. */
export async function startWorld(
  extra: NodeJS.ProcessEnv = {},
  startApp: (env: NodeJS.ProcessEnv) => Promise<RunningConductor> = startConductor,
  atEnd: AtEnd = atTestEnd,
): Promise<World> {
  const traffic = new Traffic();
  const metricsUrl = await serveMetrics(traffic, atEnd);
  const github = await startLocalGithub(metricsUrl);
  const database = await createTestDatabase(atEnd, 'schema');
  const dataDir = await mkdtemp(join(tmpdir(), 'rc-app-'));
  await chmod(dataDir, 0o755);
  atEnd(() => rm(dataDir, { recursive: true, force: true }));
  const env: NodeJS.ProcessEnv = {
    APP_ID: String(github.app.appId),
    PRIVATE_KEY: github.app.privateKeyPem,
    WEBHOOK_SECRET: github.app.webhookSecret,
    GITHUB_CLIENT_ID: github.app.clientId,
    GITHUB_CLIENT_SECRET: github.app.clientSecret,
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: (process.env.TEST_LOG_LEVEL ?? 'silent') as 'silent',
    GITHUB_API_URL: github.apiUrl,
    OIDC_ISSUER: github.oidcIssuer,
    DATABASE_URL: database.url,
    DATA_DIR: dataDir,
    ALLOWED_HOSTS: new URL(metricsUrl).host,
    ...extra,
  };
  const world: World = {
    github,
    alice: asUser(github, 'alice'),
    traffic,
    databaseUrl: database.url,
    query: database.query,
    env,
    conductor: undefined as unknown as RunningConductor,
    start: async () => {
      world.conductor = await startApp(env);
      // A restart comes back at the same address, as it does behind a load balancer.
      env.PORT = new URL(world.conductor.url).port;
      github.setWebhookUrl(`${world.conductor.url}/api/github/webhooks`);
      return world.conductor;
    },
  };
  await publishPrevious(world.alice);
  await world.start();
  atEnd(async () => {
    await world.conductor.close();
    await github.close();
  });
  return world;
}

/** A published release, made before the App came, that traffic goes back to. */
async function publishPrevious(alice: Octokit): Promise<void> {
  const { object } = (await alice.rest.git.getRef({ ...repository, ref: 'heads/main' })).data;
  await alice.rest.git.createRef({ ...repository, ref: 'refs/tags/v1.0.0', sha: object.sha });
  await alice.rest.repos.createRelease({ ...repository, tag_name: 'v1.0.0', name: 'v1.0.0' });
}

async function serveMetrics(traffic: Traffic, atEnd: AtEnd): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(traffic.exposition());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function startLocalGithub(metricsUrl: string): Promise<LocalGithub> {
  const manifest = parse(await readFile('app.yml', 'utf8')) as {
    default_permissions: Record<string, 'read' | 'write'>;
    default_events: string[];
  };
  return startGithub({
    organisation: 'acme',
    users: [
      { login: 'alice', role: 'admin' },
      { login: 'mia', role: 'maintain' },
      { login: 'carol', role: 'read' },
      { login: 'bob', role: 'write' },
      { login: 'tess', role: 'triage' },
    ],
    teams: [{ slug: 'release-managers', members: ['bob'], pending: ['carol'] }],
    repository: {
      name: 'shop',
      files: new Map([
        ['README.md', '# shop\n'],
        [workflowPath, 'on: [pull_request]\njobs: {}\n'],
        ['.github/release-conductor.yml', configText(metricsUrl)],
      ]),
    },
    app: { permissions: manifest.default_permissions, events: manifest.default_events },
    print: () => undefined,
  });
}

export function configText(metricsUrl: string): string {
  return `version: 1
trusted_workflows: ["${workflowPath}"]
gates: {}
release:
  tags: "v*"
  service: shop
  metrics: { kind: scrape, url: "${metricsUrl}" }
  canary: { steps: [10, 50, 100], interval: 200ms, soak: 400ms, min_requests: 50, no_data_after: 60s }
`;
}

/** Submits a result as a job of the trusted workflow would. */
export async function submit(
  world: World,
  options: {
    readonly gate: GateName;
    readonly sha: string;
    readonly verdict?: Verdict;
    readonly event?: string;
    readonly ref?: string;
    readonly branch?: string | null;
    readonly token?: string;
    readonly result?: Partial<GateResult>;
  },
): Promise<Response> {
  const { github } = world;
  const event = options.event ?? 'pull_request';
  const ref = options.ref ?? 'refs/heads/feature';
  const run = await github.createRun('acme/shop', {
    path: workflowPath,
    name: 'gates',
    headSha: options.sha,
    headBranch: options.branch ?? 'feature',
    event,
  });
  const token =
    options.token ??
    (await oidcToken(
      github.oidcRequest('acme/shop', run, {
        ref,
        workflowRef: `acme/shop/${workflowPath}@${ref}`,
        environment: null,
        actor: 'alice',
      }),
      world.conductor.url,
    ));
  const result = {
    ...(await resultOf(world, options.gate, options.sha, options.verdict ?? 'pass')),
    ...options.result,
  };
  const body = new FormData();
  body.append('result', new Blob([JSON.stringify(result)], { type: 'application/json' }), 'result.json');
  const file = new Blob([evidenceText(options.gate)], { type: 'application/json' });
  body.append('file', file, `perf/${options.gate}.json`);
  return fetch(`${world.conductor.url}/v1/evidence`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body,
  });
}

export async function submitAll(
  world: World,
  options: Omit<Parameters<typeof submit>[1], 'gate'>,
): Promise<void> {
  for (const gate of gateNames) {
    // As the actions do, again when the Conductor is not there.
    await eventually(async () => {
      const answer = await submit(world, { ...options, gate });
      if (answer.ok) return true;
      throw new Error(`${gate}: ${answer.status} ${await answer.text()}`);
    });
  }
}

export async function oidcToken(request: { url: string; token: string }, audience: string): Promise<string> {
  const url = `${request.url}${request.url.includes('?') ? '&' : '?'}audience=${encodeURIComponent(audience)}`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${request.token}` } });
  return ((await answer.json()) as { value: string }).value;
}

const evidenceText = (gate: GateName): string => JSON.stringify({ gate });

export async function resultOf(
  world: World,
  gate: GateName,
  sha: string,
  verdict: Verdict,
): Promise<GateResult> {
  const { data } = await world.alice.rest.repos.getContent({
    ...repository,
    path: '.github/release-conductor.yml',
  });
  const config = Buffer.from((data as { content: string }).content, 'base64');
  const now = new Date().toISOString();
  return {
    schema_version: 1,
    gate,
    verdict,
    subject: { repository: 'acme/shop', sha, ref: 'refs/heads/feature' },
    summary: `${gate} says ${verdict}`,
    findings:
      verdict === 'fail'
        ? [
            {
              code: 'broken',
              level: 'error',
              message: 'It is broken.',
              help: 'Mend it.',
              path: 'README.md',
              line: 1,
            },
          ]
        : [],
    measurements: {},
    evidence: [
      { path: `perf/${gate}.json`, sha256: sha256Hex(evidenceText(gate)), media_type: 'application/json' },
    ],
    inputs: { config_sha256: sha256Hex(config) },
    started_at: now,
    finished_at: now,
    tool: { name: 'test', version: '1' },
  };
}

/**
 * Waits until `probe` gives a value that is not null; it may also throw until then. What nobody has to look for anew
 * takes a second or two, and on a busy machine some more.
 */
export function eventually<Value>(probe: () => Promise<Value | null>): Promise<Value> {
  return vi.waitFor(
    async () => {
      const value = await probe();
      if (value === null) throw new Error('not yet');
      return value;
    },
    { timeout: 60_000, interval: 50 },
  );
}
