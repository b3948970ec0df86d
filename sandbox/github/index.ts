import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { SandboxGithub, SandboxUser } from '../contract.ts';
import type { Role } from './access.ts';
import { introduceBot, mintInstallationToken, type StartedEmulator, startEmulator } from './emulator.ts';
import { Events } from './events.ts';
import { Faults } from './faults.ts';
import { Git } from './git.ts';
import type { Github } from './github.ts';
import { actionsAppId, Identities, type Permissions } from './identity.ts';
import { announceInstallation } from './installation.ts';
import { Journal, type RequestEntry, type Violation } from './journal.ts';
import { createMergeGroup, destroyMergeGroup } from './merge-queue.ts';
import { OidcIssuer } from './oidc.ts';
import { createOpenApiCheck, type OpenApiCheck, type OpenApiExtract } from './openapi-check.ts';
import { Payloads } from './payloads.ts';
import { createRun, updateRun, type WorkflowRun } from './runs.ts';
import { readSeedFiles, writeFirstCommit } from './seed.ts';
import { type ApiServer, startServer } from './server.ts';
import { Upstream } from './upstream.ts';
import { Webhooks } from './webhooks.ts';
import { type MergeGroup, RepositoryState, type Team, World } from './world.ts';

export interface GithubOptions {
  readonly organisation: string;
  readonly users: readonly { readonly login: string; readonly role: Role }[];
  /** Members are active; `pending` ones have not accepted yet. */
  readonly teams?: readonly {
    readonly slug: string;
    readonly members: readonly string[];
    readonly pending?: readonly string[];
  }[];
  readonly repository: {
    readonly name: string;
    /** A folder, or contents by path. */
    readonly files: string | ReadonlyMap<string, Uint8Array | string>;
    /** Default `main`. */
    readonly defaultBranch?: string;
  };
  readonly app: {
    readonly permissions: Permissions;
    readonly events: readonly string[];
    /** Default `release-conductor`. */
    readonly slug?: string;
    readonly name?: string;
    /** Default 4711. */
    readonly appId?: number;
    readonly webhookSecret?: string;
  };
  /** Default 0: chosen by the system. */
  readonly port?: number;
  /** Compare requests, answers and payloads with GitHub's description. Default true. */
  readonly validate?: boolean;
  /** Where violations are told. Default `console.warn`. */
  readonly print?: (line: string) => void;
}

/** The local GitHub, with what tests and the demo may do to it beyond the API. */
export interface LocalGithub extends SandboxGithub {
  readonly faults: Faults;
  requests(): readonly RequestEntry[];
  /** What was not as GitHub describes it, emulate's own answers included (`source: 'emulate'`). */
  violations(): readonly Violation[];
  setImmutableReleases(repository: string, enabled: boolean): void;
  /** Queues a pull request in the merge queue. */
  createMergeGroup(repository: string, pullRequest: number): Promise<MergeGroup>;
  destroyMergeGroup(
    repository: string,
    headSha: string,
    reason: 'merged' | 'invalidated' | 'dequeued',
  ): Promise<void>;
  /** Sends `installation.created`, as when an administrator installs the App. */
  announceInstallation(): Promise<void>;
  /** Waits until no webhook delivery is under way. */
  settled(): Promise<void>;
}

/** Starts a GitHub on loopback. Everything is in memory and gone after `close`. */
export async function startGithub(options: GithubOptions): Promise<LocalGithub> {
  const faults = new Faults();
  const journal = new Journal(options.print ?? console.warn);
  const check = options.validate === false ? null : createOpenApiCheck(readExtract());
  const server = await startServer({ port: options.port ?? 0, faults, journal, check });
  const users = options.users.map(({ login }) => ({
    login,
    token: `ghp_${randomBytes(20).toString('hex')}`,
  }));
  const app = {
    appId: options.app.appId ?? 4711,
    slug: options.app.slug ?? 'release-conductor',
    name: options.app.name ?? 'Release Conductor',
    installationId: 90_001,
    permissions: { metadata: 'read', ...options.app.permissions },
    events: options.app.events,
    webhookSecret: options.app.webhookSecret ?? randomBytes(24).toString('hex'),
  };
  const defaultBranch = options.repository.defaultBranch ?? 'main';
  const repository = { name: options.repository.name, defaultBranch };
  const emulator = await startEmulator({ organisation: options.organisation, users, repository, app });
  const github = await assemble(options, { server, emulator, users, app, repository, journal, check });
  server.serve(github);
  return publicFace(github, { server, emulator, users, app, faults, journal });
}

function readExtract(): OpenApiExtract {
  return JSON.parse(readFileSync(new URL('openapi.json', import.meta.url), 'utf8')) as OpenApiExtract;
}

interface AppSettings {
  readonly appId: number;
  readonly slug: string;
  readonly name: string;
  readonly installationId: number;
  readonly permissions: Permissions;
  readonly events: readonly string[];
  readonly webhookSecret: string;
}

async function assemble(
  options: GithubOptions,
  parts: {
    readonly server: ApiServer;
    readonly emulator: StartedEmulator;
    readonly users: readonly SandboxUser[];
    readonly app: AppSettings;
    readonly repository: { readonly name: string; readonly defaultBranch: string };
    readonly journal: Journal;
    readonly check: OpenApiCheck | null;
  },
): Promise<Github> {
  const { server, emulator, users, app, journal, check } = parts;
  const { organisation } = options;
  const { url } = server;
  const fullName = `${organisation}/${parts.repository.name}`;

  const identities = new Identities();
  identities.registerApp({ ...app, privateKeyPem: emulator.privateKeyPem });
  identities.registerApp({
    appId: actionsAppId,
    slug: 'github-actions',
    name: 'GitHub Actions',
    privateKeyPem: emulator.actionsKeyPem,
    permissions: {},
    events: [],
  });
  for (const { login, token } of users) identities.registerUser(login, token);

  const { origin } = emulator;
  const actionsToken = await mintInstallationToken(
    origin,
    actionsAppId,
    actionsAppId,
    emulator.actionsKeyPem,
  );
  const appToken = await mintInstallationToken(origin, app.appId, app.installationId, emulator.privateKeyPem);
  await introduceBot(origin, fullName, actionsToken);
  await introduceBot(origin, fullName, appToken);

  const tokens = new Map(users.map(({ login, token }) => [login, token]));
  const upstream = new Upstream({
    origin,
    publicUrl: url,
    ownTokens: emulator.ownTokens,
    tokenOfOwner: (owner) => tokens.get(owner) ?? null,
    actionsToken,
  });
  const git = new Git(upstream);
  const { installationId } = app;
  const payloads = new Payloads({ upstream, identities, url, organisation, installationId });
  const webhooks = new Webhooks({ secret: app.webhookSecret, hookId: 1, appId: app.appId });
  const events = new Events({
    payloads,
    identities,
    webhooks,
    installation: { id: installationId, appId: app.appId },
    inspect: (event, payload) => {
      if (check !== null) journal.note('webhook', event, 'sandbox', check.checkPayload(event, payload));
    },
  });
  const world = await populate(options, upstream, git, fullName, parts.repository.defaultBranch);
  const oidc = new OidcIssuer(url);
  const now = (): string => new Date().toISOString();
  return { url, world, identities, upstream, git, payloads, events, webhooks, oidc, installationId, now };
}

async function populate(
  options: GithubOptions,
  upstream: Upstream,
  git: Git,
  fullName: string,
  defaultBranch: string,
): Promise<World> {
  const world = new World(options.organisation);
  for (const { login, role } of options.users) world.roles.set(login, role);
  for (const { slug, members, pending = [] } of options.teams ?? []) {
    const team: Team = { id: world.nextId(), slug, name: slug, members: new Map() };
    for (const login of members) team.members.set(login, { role: 'member', state: 'active' });
    for (const login of pending) team.members.set(login, { role: 'member', state: 'pending' });
    world.teams.set(slug, team);
  }
  const { id } = await upstream.get<{ id: number }>(`/repos/${fullName}`);
  world.addRepository(new RepositoryState({ fullName, id, defaultBranch }));
  await writeFirstCommit(git, fullName, defaultBranch, await readSeedFiles(options.repository.files));
  return world;
}

function publicFace(
  github: Github,
  parts: {
    readonly server: ApiServer;
    readonly emulator: StartedEmulator;
    readonly users: readonly SandboxUser[];
    readonly app: AppSettings;
    readonly faults: Faults;
    readonly journal: Journal;
  },
): LocalGithub {
  const { world } = github;
  const { server, emulator, users, app, faults, journal } = parts;
  const runOf = (repository: string, runId: number): WorkflowRun => {
    const run = world.repository(repository).runs.get(runId);
    if (run === undefined) throw new Error(`${repository} has no workflow run ${runId}`);
    return run;
  };
  return {
    apiUrl: github.url,
    oidcIssuer: github.oidc.issuer,
    app: {
      appId: app.appId,
      slug: app.slug,
      privateKeyPem: emulator.privateKeyPem,
      webhookSecret: app.webhookSecret,
      installationId: app.installationId,
    },
    users,
    faults,
    requests: () => journal.requests,
    violations: () => journal.violations,
    subscribe: (listener) => github.events.subscribe(listener),
    checkout: (repository, sha, directory) => github.git.checkout(repository, sha, directory),
    createRun: (repository, run) => createRun(github, world.repository(repository), run),
    updateRun: (repository, runId, status, conclusion) =>
      updateRun(github, world.repository(repository), runOf(repository, runId), status, conclusion),
    uploadArtifact: async (repository, runId, name, zip) => {
      runOf(repository, runId);
      const artifact = { id: world.nextId(), runId, name, zip, createdAt: github.now() };
      world.repository(repository).artifacts.set(artifact.id, artifact);
    },
    jobToken: (repository, runId, permissions) =>
      github.identities.issueJobToken(repository, runId, permissions),
    oidcRequest: (repository, run, job) => {
      const state = world.repository(repository);
      const pull = [...state.pulls.values()].find(({ number }) => job.ref === `refs/pull/${number}/merge`);
      return github.oidc.request({
        ...job,
        run,
        repository: state.fullName,
        repositoryId: state.id,
        ownerId: 1,
        runNumber: runOf(repository, run.id).number,
        baseRef: pull?.baseRef ?? '',
        headRef: pull?.headRef ?? '',
      });
    },
    setWebhookUrl: (url) => {
      github.webhooks.url = url;
    },
    deliveries: () =>
      github.webhooks
        .deliveries()
        .map(({ guid, event, status, at }) => ({ guid, event, status: status ?? 0, at })),
    setImmutableReleases: (repository, enabled) => {
      world.repository(repository).immutableReleases = enabled;
    },
    createMergeGroup: (repository, pullRequest) =>
      createMergeGroup(github, world.repository(repository), pullRequest),
    destroyMergeGroup: (repository, headSha, reason) =>
      destroyMergeGroup(github, world.repository(repository), headSha, reason),
    announceInstallation: () => announceInstallation(github, app.appId),
    settled: () => github.webhooks.settled(),
    close: async () => {
      await github.webhooks.close();
      await server.close();
      await emulator.close();
    },
  };
}
