import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAppAuth } from '@octokit/auth-app';
import { ProbotOctokit } from 'probot';
import { type GithubOptions, type LocalGithub, startGithub } from '../../../sandbox/github/index.ts';

export const repository = { owner: 'acme', repo: 'shop' };

export const appPermissions = {
  actions: 'read',
  administration: 'write',
  checks: 'write',
  contents: 'write',
  deployments: 'write',
  issues: 'write',
  members: 'read',
  merge_queues: 'read',
  pull_requests: 'write',
  statuses: 'read',
} as const;

export const appEvents = [
  'check_run',
  'check_suite',
  'create',
  'delete',
  'deployment',
  'deployment_status',
  'issue_comment',
  'issues',
  'merge_group',
  'pull_request',
  'push',
  'release',
  'repository_ruleset',
  'status',
  'workflow_run',
];

export function startSample(options: Partial<GithubOptions> = {}): Promise<LocalGithub> {
  return startGithub({
    organisation: 'acme',
    users: [
      { login: 'alice', role: 'admin' },
      { login: 'mia', role: 'maintain' },
      { login: 'bob', role: 'write' },
      { login: 'carol', role: 'read' },
    ],
    teams: [{ slug: 'release-managers', members: ['alice'], pending: ['bob'] }],
    repository: {
      name: 'shop',
      files: new Map([
        ['README.md', '# shop\n'],
        ['src/server.js', 'export {};\n'],
        ['scripts/run.sh', '#!/bin/sh\necho ok\n'],
      ]),
    },
    app: { permissions: appPermissions, events: appEvents },
    print: () => undefined,
    ...options,
  });
}

export type Octokit = InstanceType<typeof ProbotOctokit>;

export function octokitOf(github: LocalGithub, token: string): Octokit {
  return new ProbotOctokit({ auth: { token }, baseUrl: github.apiUrl, ...quiet });
}

export function asUser(github: LocalGithub, login: string): Octokit {
  const user = github.users.find((candidate) => candidate.login === login);
  if (user === undefined) throw new Error(`no user ${login}`);
  return octokitOf(github, user.token);
}

const quiet = {
  throttle: { enabled: false },
  retry: { enabled: false },
  log: { debug() {}, info() {}, warn() {}, error() {} },
};

/** The App by its JWT, and by an installation token. */
export function asApp(github: LocalGithub): { readonly app: Octokit; readonly installation: Octokit } {
  const { appId, privateKeyPem: privateKey, installationId } = github.app;
  const options = { authStrategy: createAppAuth, baseUrl: github.apiUrl, ...quiet };
  return {
    app: new ProbotOctokit({ ...options, auth: { appId, privateKey } }),
    installation: new ProbotOctokit({ ...options, auth: { appId, privateKey, installationId } }),
  };
}

export interface Received {
  readonly event: string;
  readonly guid: string;
  readonly signature: string;
  readonly body: string;
  readonly payload: Record<string, unknown>;
}

/** A webhook receiver that keeps what it got. */
export async function startReceiver(status = 202) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      received.push({
        event: String(request.headers['x-github-event']),
        guid: String(request.headers['x-github-delivery']),
        signature: String(request.headers['x-hub-signature-256']),
        body,
        payload: JSON.parse(body) as Record<string, unknown>,
      });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/github/webhooks`,
    received,
    names: (): string[] =>
      received.map(({ event, payload }) =>
        typeof payload.action === 'string' ? `${event}.${payload.action}` : event,
      ),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Commits files onto a branch (made from `main` when it is new) through the git data API, and returns the commit. */
export async function commitFiles(
  octokit: Octokit,
  branch: string,
  files: Readonly<Record<string, string>>,
  message = 'Change files',
): Promise<string> {
  const { data: existing } = await octokit.rest.git.listMatchingRefs({
    ...repository,
    ref: `heads/${branch}`,
  });
  const from = existing.find(({ ref }) => ref === `refs/heads/${branch}`);
  const parent = from ?? (await octokit.rest.git.getRef({ ...repository, ref: 'heads/main' })).data;
  const { data: commit } = await octokit.rest.git.getCommit({ ...repository, commit_sha: parent.object.sha });
  const { data: tree } = await octokit.rest.git.createTree({
    ...repository,
    base_tree: commit.tree.sha,
    tree: Object.entries(files).map(([path, content]) => ({ path, content, mode: '100644', type: 'blob' })),
  });
  const { data: next } = await octokit.rest.git.createCommit({
    ...repository,
    message,
    tree: tree.sha,
    parents: [parent.object.sha],
  });
  if (from === undefined) {
    await octokit.rest.git.createRef({ ...repository, ref: `refs/heads/${branch}`, sha: next.sha });
  } else {
    await octokit.rest.git.updateRef({ ...repository, ref: `heads/${branch}`, sha: next.sha });
  }
  return next.sha;
}
