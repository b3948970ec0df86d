import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { SandboxUser } from '../contract.ts';
import { addRepository } from './add-repository.ts';
import { type AppSettings, assemble } from './assemble.ts';
import { type StartedEmulator, startEmulator } from './emulator.ts';
import { enterEnvironment, leaveEnvironment } from './environment-entry.ts';
import { Faults } from './faults.ts';
import type { Github } from './github.ts';
import { announceInstallation, suspendInstallation } from './installation.ts';
import { Journal } from './journal.ts';
import { type GithubKeys, githubKeys } from './keys.ts';
import { createMergeGroup, destroyMergeGroup } from './merge-queue.ts';
import { createOpenApiCheck, type OpenApiCheck, type OpenApiExtract } from './openapi-check.ts';
import type { GithubOptions, LocalGithub } from './options.ts';
import type { WorkflowRun } from './records.ts';
import { createRun, updateRun } from './runs.ts';
import { type ApiServer, startServer } from './server.ts';

export type { GithubOptions, LocalGithub } from './options.ts';

/** Starts a GitHub on loopback. Everything is in memory and gone after `close`. */
export async function startGithub(options: GithubOptions): Promise<LocalGithub> {
  const faults = new Faults();
  const journal = new Journal(options.print ?? console.warn);
  const check = options.validate === false ? null : describedApi();
  const server = await startServer({ port: options.port ?? 0, faults, journal, check });
  const closing: (() => Promise<void>)[] = [server.close];
  try {
    const users = options.users.map(({ login }) => ({
      login,
      token: `ghp_${randomBytes(20).toString('hex')}`,
    }));
    const app = appSettings(options.app);
    const defaultBranch = options.repository.defaultBranch ?? 'main';
    const repository = { name: options.repository.name, defaultBranch };
    const keys = await githubKeys();
    const { organisation } = options;
    const emulator = await startEmulator({ organisation, users, repository, app, appPem: keys.appPem });
    closing.push(emulator.close);
    const github = await assemble(options, {
      server,
      emulator,
      users,
      app,
      repository,
      journal,
      check,
      keys,
    });
    server.serve(github);
    return publicFace(github, { server, emulator, users, app, faults, journal, keys });
  } catch (error) {
    await Promise.all(closing.map((close) => close()));
    throw error;
  }
}

function appSettings(app: GithubOptions['app']): AppSettings {
  return {
    appId: app.appId ?? 4711,
    slug: app.slug ?? 'release-conductor',
    name: app.name ?? 'Release Conductor',
    installationId: 90_001,
    permissions: { metadata: 'read', ...app.permissions },
    events: app.events,
    webhookSecret: app.webhookSecret ?? randomBytes(24).toString('hex'),
    clientId: `Iv23${randomBytes(8).toString('hex')}`,
    clientSecret: randomBytes(20).toString('hex'),
  };
}

let described: OpenApiCheck | undefined;

/** GitHub's description, read and compiled once for all the GitHubs of a process: it remembers nothing of them. */
function describedApi(): OpenApiCheck {
  const read = (): OpenApiExtract =>
    JSON.parse(readFileSync(new URL('openapi.json', import.meta.url), 'utf8')) as OpenApiExtract;
  described ??= createOpenApiCheck(read());
  return described;
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
    readonly keys: GithubKeys;
  },
): LocalGithub {
  const { world } = github;
  const { server, emulator, users, app, faults, journal, keys } = parts;
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
      privateKeyPem: keys.appPem,
      webhookSecret: app.webhookSecret,
      clientId: app.clientId,
      clientSecret: app.clientSecret,
      installationId: app.installationId,
    },
    users,
    faults,
    requests: () => journal.requests,
    violations: () => journal.violations,
    subscribe: (listener) => github.events.subscribe(listener),
    subscribeReruns: (listener) => github.events.subscribeReruns(listener),
    checkout: (repository, sha, directory) => github.git.checkout(repository, sha, directory),
    createRun: (repository, run) => createRun(github, world.repository(repository), run),
    updateRun: (repository, runId, status, conclusion) =>
      updateRun(github, world.repository(repository), runOf(repository, runId), status, conclusion),
    enterEnvironment: (repository, runId, job, signal) =>
      enterEnvironment(github, world.repository(repository), runOf(repository, runId), job, signal),
    leaveEnvironment: (repository, deploymentId, succeeded) =>
      leaveEnvironment(github, world.repository(repository), deploymentId, succeeded),
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
    addRepository: (name, files) => addRepository(github, name, files),
    createMergeGroup: (repository, pullRequest) =>
      createMergeGroup(github, world.repository(repository), pullRequest),
    destroyMergeGroup: (repository, headSha, reason) =>
      destroyMergeGroup(github, world.repository(repository), headSha, reason),
    announceInstallation: () => announceInstallation(github, app.appId),
    suspendInstallation: (isSuspended) => suspendInstallation(github, app.appId, isSuspended),
    settled: () => github.webhooks.settled(),
    close: async () => {
      await github.webhooks.close();
      await server.close();
      await emulator.close();
    },
  };
}
