import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { type Benchmark, type Figure, ratio } from './measure.ts';

const secret = 'bench-webhook-secret';
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const servers = [
  { name: 'bare', path: here('webhook-servers/bare.ts') },
  { name: 'probot', path: here('webhook-servers/probot.ts') },
  { name: 'conductor', path: here('../app/server.ts') },
] as const;
type Name = (typeof servers)[number]['name'];

/**
 * Webhooks acknowledged a second and their p99: the Conductor (verified and durable) against a Probot app with an
 * empty handler and bare `node:http` with an HMAC check (neither stores anything).
 */
export const webhooks: Benchmark = {
  name: 'webhooks',
  title: 'Webhooks acknowledged: verified and durable, against servers that only verify',
  async run(rounds) {
    const directory = mkdtempSync(join(tmpdir(), 'rc-bench-'));
    chmodSync(directory, 0o755); // the Conductor's Postgres has an account of its own when this runs as root
    const running = new Map<Name, Running>();
    try {
      for (const server of servers)
        running.set(server.name, await start(server.path, join(directory, server.name)));
      const rates: Record<Name, number[]> = { bare: [], probot: [], conductor: [] };
      const p99s: Record<Name, number[]> = { bare: [], probot: [], conductor: [] };
      for (let round = -1; round < rounds; round++) {
        for (const [name, server] of running) {
          const result = await load(server.url, round < 0 ? 2 : 4);
          if (round < 0) continue;
          rates[name].push(result.rate);
          p99s[name].push(result.p99);
        }
      }
      return figuresOf(rates, p99s);
    } finally {
      for (const server of running.values()) server.child.kill('SIGTERM');
      await Promise.all(
        [...running.values()].map((server) => server.child.exitCode ?? once(server.child, 'exit')),
      );
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

function figuresOf(rates: Record<Name, number[]>, p99s: Record<Name, number[]>): Figure[] {
  return [
    ...servers.map(({ name }) => ({
      name: `${name}: acknowledged`,
      unit: '/s',
      rounds: rates[name],
      aim: null,
    })),
    ...servers.map(({ name }) => ({ name: `${name}: p99`, unit: 'ms', rounds: p99s[name], aim: null })),
    ratio('conductor / probot with an empty handler', rates.conductor, rates.probot, {
      op: '>=',
      value: 0.5,
    }),
    ratio('conductor / bare node:http + HMAC', rates.conductor, rates.bare, null),
  ];
}

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
}

async function start(path: string, dataDir: string): Promise<Running> {
  const port = await freePort();
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const child = spawn(process.execPath, [path], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      APP_ID: '1',
      PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      WEBHOOK_SECRET: secret,
      PORT: String(port),
      HOST: '127.0.0.1',
      LOG_LEVEL: 'fatal',
      GITHUB_API_URL: 'http://127.0.0.1:9',
      CONDUCTOR_URL: `http://127.0.0.1:${port}`,
      DATA_DIR: dataDir,
    },
  });
  const url = `http://127.0.0.1:${port}/api/github/webhooks`;
  for (let tries = 0; ; tries++) {
    const answer = await fetch(url, { method: 'POST', ...signed() }).catch(() => null);
    if (answer !== null && answer.status < 300) return { child, url };
    if (child.exitCode !== null || tries > 600) throw new Error(`${path} did not start`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A command on an issue that is no release's: stored, looked at, dropped. Prose would not even be stored. */
const body = JSON.stringify({
  action: 'created',
  installation: { id: 1 },
  repository: {
    id: 1,
    name: 'shop',
    full_name: 'acme/shop',
    owner: { login: 'acme' },
    default_branch: 'main',
  },
  issue: { number: 1, title: 'A question', state: 'open', user: { login: 'mona', type: 'User' } },
  comment: {
    id: 1,
    body: `/status\n\n${'More words. '.repeat(400)}`,
    user: { login: 'mona', type: 'User' },
    html_url: 'https://github.com/acme/shop/issues/1#issuecomment-1',
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
  },
  sender: { login: 'mona', type: 'User' },
});
const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

function signed(): { headers: Record<string, string>; body: string } {
  return {
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'issue_comment',
      'x-github-delivery': randomUUID(),
      'x-hub-signature-256': signature,
      'user-agent': 'GitHub-Hookshot/bench',
    },
    body,
  };
}

async function load(url: string, seconds: number): Promise<{ readonly rate: number; readonly p99: number }> {
  const result = await autocannon({
    url,
    method: 'POST',
    connections: 32,
    duration: seconds,
    requests: [{ setupRequest: (request) => ({ ...request, ...signed() }) }],
  });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} refused, ${result.errors} failed`);
  return { rate: result.requests.average, p99: result.latency.p99 };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('no port could be had on 127.0.0.1');
  return address.port;
}
