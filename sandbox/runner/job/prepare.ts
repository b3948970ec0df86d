import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { GithubEvent, GithubForRunner, SandboxRun } from '../../contract.ts';
import { renderText, renderTexts, type Scope } from '../expressions/evaluate.ts';
import type { Snapshots } from '../snapshots.ts';
import type { Job, Template, Workflow } from '../workflow/model.ts';
import { fieldOf } from '../workflow/template.ts';
import {
  actorOf,
  defaultVariables,
  githubContext,
  isFromFork,
  runnerContext,
  workflowRef,
} from './context.ts';
import { Masks } from './masks.ts';
import { type Permissions, permissionsOf } from './permissions.ts';
import type { ProcessGroups } from './process.ts';
import type { Frame, JobDirectories, JobRuntime } from './runtime.ts';

/** Secrets and configuration variables of a repository. */
export interface RepositorySettings {
  readonly secrets: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
}

export interface JobRequest {
  readonly github: GithubForRunner;
  readonly snapshots: Snapshots;
  readonly bundleDirectory: string;
  /** Folder under which the job's own folder is made. */
  readonly directory: string;
  /** Further variables of every process. */
  readonly env: Readonly<Record<string, string>>;
  readonly settings: RepositorySettings;
  readonly event: GithubEvent;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly run: SandboxRun;
  readonly runNumber: number;
  readonly workflow: Workflow;
  readonly job: Job;
  readonly needs: Readonly<Record<string, { readonly result: string; readonly outputs: unknown }>>;
  readonly cancelled: AbortSignal;
  readonly closing: AbortSignal;
}

const defaultTimeoutMinutes = 360;

/** Makes the folders, the token, the contexts and the variables of a job. */
export async function prepareJob(
  request: JobRequest,
  root: string,
  processes: ProcessGroups,
): Promise<JobRuntime> {
  const { event, workflow, job, github, run } = request;
  const directories = await createDirectories(root, event.repository);
  const fromFork = isFromFork(event);
  const permissions = permissionsOf(workflow.permissions, job.permissions, fromFork);
  const token = github.jobToken(event.repository, run.id, apiPermissions(permissions));
  const eventPath = join(root, 'event.json');
  await writeFile(eventPath, JSON.stringify(event.payload));
  const identity = {
    event,
    run,
    runNumber: request.runNumber,
    workflow,
    jobId: job.id,
    apiUrl: github.apiUrl,
    token,
    directories,
    eventPath,
  };
  const context = githubContext(identity);
  const secrets = { ...(fromFork ? {} : request.settings.secrets), GITHUB_TOKEN: token };
  const contexts = {
    github: context,
    vars: request.settings.variables,
    secrets,
    needs: request.needs,
    inputs: request.inputs,
    runner: runnerContext(directories),
  };
  const oidc = permissions['id-token'] === 'write' ? oidcOf(request, contexts) : null;
  const masks = new Masks();
  for (const secret of [...Object.values(secrets), oidc?.token ?? '']) masks.add(secret);
  const minutes = Number(
    renderText(job.timeoutMinutes, { contexts, functions: [] }) ?? defaultTimeoutMinutes,
  );
  return {
    github,
    snapshots: request.snapshots,
    bundleDirectory: request.bundleDirectory,
    repository: event.repository,
    token,
    directories,
    masks,
    processes,
    contexts,
    fixedEnv: {
      ...defaultVariables(context, identity),
      ...(oidc === null
        ? {}
        : { ACTIONS_ID_TOKEN_REQUEST_URL: oidc.url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: oidc.token }),
    },
    baseEnv: { ...minimalEnv(directories), ...request.env },
    exportedEnv: {},
    exportedPath: [],
    annotations: [],
    summaries: [],
    records: [],
    posts: [],
    states: new WeakMap(),
    cancelled: AbortSignal.any([
      request.cancelled,
      AbortSignal.timeout(Math.min(minutes * 60_000, 2 ** 31 - 1)),
    ]),
    closing: request.closing,
  };
}

function oidcOf(
  request: JobRequest,
  contexts: Readonly<Record<string, unknown>>,
): { url: string; token: string } {
  const { event, workflow, job, run, github } = request;
  return github.oidcRequest(event.repository, run, {
    ref: event.ref,
    workflowRef: workflowRef(event, workflow),
    environment: environmentOf(job.environment, { contexts, functions: [] }),
    actor: actorOf(event),
  });
}

/** `environment: name` or `environment: {name, url}`. */
export function environmentOf(template: Template | null, scope: Scope): string | null {
  return renderText(template?.kind === 'mapping' ? fieldOf(template, 'name') : template, scope);
}

/** The workflow speaks of `pull-requests`, the API of `pull_requests`; OIDC is not a permission of the token. */
function apiPermissions(permissions: Permissions): Permissions {
  const entries = Object.entries(permissions).filter(([scope]) => scope !== 'id-token');
  return Object.fromEntries(entries.map(([scope, level]) => [scope.replaceAll('-', '_'), level]));
}

async function createDirectories(root: string, repository: string): Promise<JobDirectories> {
  const name = repository.split('/')[1] ?? 'repository';
  const directories = {
    root,
    workspace: join(root, 'work', name, name),
    temp: join(root, 'temp'),
    home: join(root, 'home'),
  };
  for (const directory of Object.values(directories)) await mkdir(directory, { recursive: true });
  return directories;
}

/** A process sees nothing of the environment that the sandbox itself was started in, only where programs are. */
function minimalEnv(directories: JobDirectories): Record<string, string> {
  const path = [dirname(process.execPath), process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin'].join(':');
  return { PATH: path, HOME: directories.home, TMPDIR: directories.temp, LANG: 'C.UTF-8' };
}

/** The outermost surroundings of the steps: env and defaults of workflow and job. */
export function frameOf(request: JobRequest, runtime: JobRuntime): Frame {
  const { workflow, job } = request;
  const scope: Scope = { contexts: runtime.contexts, functions: [] };
  const workflowEnv = renderTexts(workflow.env, scope);
  const jobEnv = renderTexts(job.env, { ...scope, contexts: { ...scope.contexts, env: workflowEnv } });
  return {
    steps: {},
    inputs: request.inputs,
    env: { ...workflowEnv, ...jobEnv },
    defaults: {
      shell: job.defaults.shell ?? workflow.defaults.shell,
      workingDirectory: job.defaults.workingDirectory ?? workflow.defaults.workingDirectory,
    },
    actionPath: null,
    status: 'success',
  };
}
