import { ensureEnvironment } from './environments.ts';
import type { Github } from './github.ts';
import type { Identity } from './identity.ts';
import type { Json } from './json.ts';
import { nodeId } from './payloads.ts';
import type { Deployment } from './records.ts';
import type { RepositoryState } from './world.ts';

export interface WantedDeployment {
  readonly sha: string;
  readonly ref: string;
  readonly task: string;
  readonly payload: unknown;
  readonly environment: string;
  readonly description: string | null;
  readonly transient: boolean;
  readonly production: boolean;
  readonly cause: Identity;
  /** Deployments that a job makes by naming an environment start no workflow. */
  readonly startsWorkflows: boolean;
}

export interface StatusText {
  readonly state: string;
  readonly description?: string;
  readonly environment?: string;
  readonly logUrl?: string;
  readonly environmentUrl?: string;
}

/** Makes a deployment and tells everybody. */
export async function openDeployment(
  github: Github,
  repository: RepositoryState,
  wanted: WantedDeployment,
): Promise<Deployment> {
  await ensureEnvironment(github, repository, wanted.environment);
  const id = github.world.nextId();
  const at = github.now();
  const api = `${github.url}${repository.path}`;
  const json: Json = {
    url: `${api}/deployments/${id}`,
    id,
    node_id: nodeId('Deployment', id),
    sha: wanted.sha,
    ref: wanted.ref,
    task: wanted.task,
    payload: wanted.payload,
    original_environment: wanted.environment,
    environment: wanted.environment,
    description: wanted.description,
    creator: await github.payloads.user(wanted.cause.login),
    created_at: at,
    updated_at: at,
    statuses_url: `${api}/deployments/${id}/statuses`,
    repository_url: api,
    transient_environment: wanted.transient,
    production_environment: wanted.production,
    performed_via_github_app: null,
  };
  const { environment, transient, production } = wanted;
  const deployment: Deployment = { id, environment, transient, production, json, statuses: [] };
  repository.deployments.set(id, deployment);
  const payload = { action: 'created', deployment: json, workflow: null, workflow_run: null };
  const on = wanted.startsWorkflows
    ? { sha: wanted.sha, ref: await fullRef(github, repository, wanted.ref) }
    : null;
  await github.events.emit(repository, { name: 'deployment', payload, cause: wanted.cause, on });
  return deployment;
}

/** A status of a deployment; nobody is told yet. */
export async function addStatus(
  github: Github,
  repository: RepositoryState,
  deployment: Deployment,
  who: Identity,
  given: StatusText,
): Promise<Json> {
  const id = github.world.nextId();
  const at = github.now();
  const api = `${github.url}${repository.path}`;
  const status: Json = {
    url: `${api}/deployments/${deployment.id}/statuses/${id}`,
    id,
    node_id: nodeId('DeploymentStatus', id),
    state: given.state,
    creator: await github.payloads.user(who.login),
    description: given.description ?? '',
    environment: given.environment ?? deployment.environment,
    target_url: given.logUrl ?? '',
    log_url: given.logUrl ?? '',
    environment_url: given.environmentUrl ?? '',
    created_at: at,
    updated_at: at,
    deployment_url: `${api}/deployments/${deployment.id}`,
    repository_url: api,
    performed_via_github_app: null,
  };
  deployment.statuses.push(status);
  return status;
}

/** A success retires earlier deployments of a non-production, non-transient environment. */
export async function retireEarlier(
  github: Github,
  repository: RepositoryState,
  deployment: Deployment,
  who: Identity,
): Promise<void> {
  for (const earlier of repository.deployments.values()) {
    const isOther = earlier.id < deployment.id && earlier.environment === deployment.environment;
    if (!isOther || earlier.transient || earlier.production) continue;
    if (earlier.statuses.at(-1)?.state === 'inactive') continue;
    await addStatus(github, repository, earlier, who, { state: 'inactive' });
  }
}

/** Tells the App, and workflows of `deployment_status` unless a job's environment is meant. */
export async function announceStatus(
  github: Github,
  repository: RepositoryState,
  deployment: Deployment,
  status: Json,
  cause: Identity,
  startsWorkflows = true,
): Promise<void> {
  const payload = {
    action: 'created',
    deployment_status: status,
    deployment: deployment.json,
    workflow: null,
    workflow_run: null,
    check_run: null,
  };
  const ref = await fullRef(github, repository, String(deployment.json.ref));
  const on = startsWorkflows ? { sha: String(deployment.json.sha), ref } : null;
  await github.events.emit(repository, { name: 'deployment_status', payload, cause, on });
}

/** Full ref of a branch or a tag; empty for a commit, as `GITHUB_REF` is. */
async function fullRef(github: Github, repository: RepositoryState, ref: string): Promise<string> {
  for (const kind of ['heads', 'tags']) {
    if ((await github.git.ref(repository.fullName, `${kind}/${ref}`)) !== null) return `refs/${kind}/${ref}`;
  }
  return '';
}
