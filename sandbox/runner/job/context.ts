import type { GithubEvent, SandboxRun } from '../../contract.ts';
import type { Workflow } from '../workflow/model.ts';
import type { JobDirectories } from './runtime.ts';

export interface JobIdentity {
  readonly event: GithubEvent;
  readonly run: SandboxRun;
  readonly runNumber: number;
  readonly workflow: Workflow;
  readonly jobId: string;
  readonly apiUrl: string;
  readonly token: string;
  readonly directories: JobDirectories;
  readonly eventPath: string;
}

/** The `github` context (GitHub: "Contexts reference"). */
export function githubContext(identity: JobIdentity): Record<string, unknown> {
  const { event, run, workflow } = identity;
  const actor = actorOf(event);
  const pull = event.payload.pull_request as { head?: { ref?: string }; base?: { ref?: string } } | undefined;
  return {
    token: identity.token,
    job: identity.jobId,
    ref: event.ref,
    ref_name: refName(event.ref),
    ref_type: event.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    ref_protected: false,
    sha: event.sha,
    repository: event.repository,
    repository_owner: event.repository.split('/')[0] ?? '',
    run_id: String(run.id),
    run_number: String(identity.runNumber),
    run_attempt: String(run.attempt),
    retention_days: '90',
    actor,
    triggering_actor: actor,
    workflow: workflow.name,
    workflow_ref: workflowRef(event, workflow),
    workflow_sha: event.sha,
    head_ref: pull?.head?.ref ?? '',
    base_ref: pull?.base?.ref ?? '',
    event_name: event.name,
    event: event.payload,
    event_path: identity.eventPath,
    server_url: identity.apiUrl,
    api_url: identity.apiUrl,
    graphql_url: `${identity.apiUrl}/graphql`,
    workspace: identity.directories.workspace,
    action: '__run',
    action_path: '',
  };
}

/** The default variables of a job that come from the context, plus the runner's. */
export function defaultVariables(
  context: Readonly<Record<string, unknown>>,
  identity: JobIdentity,
): Record<string, string> {
  const exported = [
    'job',
    'ref',
    'ref_name',
    'ref_type',
    'ref_protected',
    'sha',
    'repository',
    'repository_owner',
    'run_id',
    'run_number',
    'run_attempt',
    'retention_days',
    'actor',
    'triggering_actor',
    'workflow',
    'workflow_ref',
    'workflow_sha',
    'head_ref',
    'base_ref',
    'event_name',
    'event_path',
    'server_url',
    'api_url',
    'graphql_url',
    'workspace',
    'action',
  ];
  return {
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    ...Object.fromEntries(
      exported.map((name) => [`GITHUB_${name.toUpperCase()}`, String(context[name] ?? '')]),
    ),
    RUNNER_OS: 'Linux',
    RUNNER_ARCH: process.arch === 'arm64' ? 'ARM64' : 'X64',
    RUNNER_NAME: 'sandbox',
    RUNNER_ENVIRONMENT: 'self-hosted',
    RUNNER_TEMP: identity.directories.temp,
    RUNNER_TOOL_CACHE: identity.directories.temp,
  };
}

/** The `runner` context. */
export function runnerContext(directories: JobDirectories): Record<string, string> {
  return {
    os: 'Linux',
    arch: process.arch === 'arm64' ? 'ARM64' : 'X64',
    name: 'sandbox',
    environment: 'self-hosted',
    temp: directories.temp,
    tool_cache: directories.temp,
    debug: '',
  };
}

export function actorOf(event: GithubEvent): string {
  const sender = event.payload.sender as { login?: string } | undefined;
  return sender?.login ?? '';
}

/** `owner/repo/path@ref` of the workflow file that runs; the commit where a deployment has no ref (pypi/warehouse#14335). */
export function workflowRef(event: GithubEvent, workflow: Workflow): string {
  return `${event.repository}/${workflow.path}@${event.ref || event.sha}`;
}

/** True for a pull request whose head lies in another repository. */
export function isFromFork(event: GithubEvent): boolean {
  const pull = event.payload.pull_request as { head?: { repo?: { full_name?: string } | null } } | undefined;
  if (pull === undefined) return false;
  return pull.head?.repo?.full_name !== event.repository;
}

function refName(ref: string): string {
  return ref.replace(/^refs\/(heads|tags|pull)\//, '');
}
