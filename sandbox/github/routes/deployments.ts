import { reads, writes } from '../access.ts';
import { signalsOf } from '../checks.ts';
import { flag, oneOf, optionalText, textField } from '../fields.ts';
import type { Github } from '../github.ts';
import type { Identity } from '../identity.ts';
import { page } from '../pages.ts';
import { nodeId } from '../payloads.ts';
import { GithubRefusal, notFound, unprocessable } from '../refusal.ts';
import { type Call, created, type Json, noContent, ok, onRepository, type Route } from '../types.ts';
import type { Deployment, RepositoryState } from '../world.ts';
import { ensureEnvironment } from './environments.ts';

const base = '/repos/{owner}/{repo}/deployments';
const states = ['error', 'failure', 'inactive', 'in_progress', 'queued', 'pending', 'success'] as const;
/** Characters of a deployment's or a status's description. */
const longestDescription = 140;

export const deploymentRoutes: readonly Route[] = [
  onRepository(`GET ${base}`, reads('deployments'), listDeployments),
  onRepository(`POST ${base}`, writes('deployments'), createDeployment),
  onRepository(`GET ${base}/{deployment_id}`, reads('deployments'), (call, repository) =>
    ok(deploymentOf(call, repository).json),
  ),
  onRepository(`DELETE ${base}/{deployment_id}`, writes('deployments'), deleteDeployment),
  onRepository(`GET ${base}/{deployment_id}/statuses`, reads('deployments'), (call, repository, github) =>
    page(call, github.url, deploymentOf(call, repository).statuses.toReversed()),
  ),
  onRepository(`POST ${base}/{deployment_id}/statuses`, writes('deployments'), createStatus),
  onRepository(
    `GET ${base}/{deployment_id}/statuses/{status_id}`,
    reads('deployments'),
    (call, repository) => {
      const wanted = Number(call.params.status_id);
      const status = deploymentOf(call, repository).statuses.find(({ id }) => id === wanted);
      if (status === undefined) throw notFound();
      return ok(status);
    },
  ),
];

function listDeployments(call: Call, repository: RepositoryState, github: Github) {
  const filters = ['sha', 'ref', 'task', 'environment'].flatMap((key) => {
    const value = call.query.get(key);
    return value === null ? [] : [[key, value] as const];
  });
  const chosen = [...repository.deployments.values()]
    .map(({ json }) => json)
    .filter((json) => filters.every(([key, value]) => json[key] === value))
    .toReversed();
  return page(call, github.url, chosen);
}

/**
 * A deployment through the API asks no environment for protection (github/branch-deploy#352). `auto_merge` is not
 * imitated: a ref that is behind the default branch is deployed as it is.
 */
async function createDeployment(call: Call, repository: RepositoryState, github: Github) {
  const { body } = call;
  const ref = textField(body, 'ref');
  const sha = await commitOf(github, repository, ref);
  assertContexts(repository, sha, ref, body.required_contexts);
  const environment = optionalText(body, 'environment') ?? 'production';
  await ensureEnvironment(github, repository, environment);

  const id = github.world.nextId();
  const at = github.now();
  const api = `${github.url}${repository.path}`;
  const production = flag(body, 'production_environment', environment === 'production');
  const json: Json = {
    url: `${api}/deployments/${id}`,
    id,
    node_id: nodeId('Deployment', id),
    sha,
    ref,
    task: optionalText(body, 'task') ?? 'deploy',
    payload: body.payload ?? {},
    original_environment: environment,
    environment,
    description: shortText(body, 'description'),
    creator: await github.payloads.user(call.who.login),
    created_at: at,
    updated_at: at,
    statuses_url: `${api}/deployments/${id}/statuses`,
    repository_url: api,
    transient_environment: flag(body, 'transient_environment', false),
    production_environment: production,
    performed_via_github_app: null,
  };
  repository.deployments.set(id, {
    id,
    environment,
    transient: json.transient_environment === true,
    production,
    json,
    statuses: [],
  });
  const payload = { action: 'created', deployment: json, workflow: null, workflow_run: null };
  const on = { sha, ref: await fullRef(github, repository, ref) };
  await github.events.emit(repository, { name: 'deployment', payload, cause: call.who, on });
  return created(json);
}

/** Every given context (by default every known one) must have passed; an empty list asks for none. */
function assertContexts(repository: RepositoryState, sha: string, ref: string, required: unknown): void {
  const signals = signalsOf(repository, sha);
  const contexts = Array.isArray(required) ? required.map(String) : signals.map(({ context }) => context);
  const missing = contexts.filter((context) => !signals.some((s) => s.context === context && s.passed));
  if (missing.length === 0) return;
  throw new GithubRefusal(
    409,
    `Conflict: Commit status checks failed for ${ref}.`,
    missing.map((context) => ({
      resource: 'Deployment',
      field: 'required_contexts',
      code: 'invalid',
      contexts: context,
    })),
  );
}

function deleteDeployment(call: Call, repository: RepositoryState) {
  const deployment = deploymentOf(call, repository);
  const isActive = deployment.statuses.at(-1)?.state !== 'inactive';
  if (isActive && repository.deployments.size > 1) {
    throw unprocessable(
      'We cannot delete an active deployment unless it is the only deployment in a given environment.',
    );
  }
  repository.deployments.delete(deployment.id);
  return noContent();
}

async function createStatus(call: Call, repository: RepositoryState, github: Github) {
  const deployment = deploymentOf(call, repository);
  const state = oneOf(call.body, 'state', states);
  const status = await addStatus(github, repository, deployment, call.who, { ...call.body, state });
  if (state === 'success' && flag(call.body, 'auto_inactive', true)) {
    await retireEarlier(github, repository, deployment, call.who);
  }
  // An inactive status makes no event.
  if (state !== 'inactive') await announceStatus(github, repository, deployment, status, call.who);
  return created(status);
}

async function addStatus(
  github: Github,
  repository: RepositoryState,
  deployment: Deployment,
  who: Identity,
  body: Json,
): Promise<Json> {
  const id = github.world.nextId();
  const at = github.now();
  const api = `${github.url}${repository.path}`;
  const logUrl = optionalText(body, 'log_url') ?? optionalText(body, 'target_url') ?? '';
  const status: Json = {
    url: `${api}/deployments/${deployment.id}/statuses/${id}`,
    id,
    node_id: nodeId('DeploymentStatus', id),
    state: body.state,
    creator: await github.payloads.user(who.login),
    description: shortText(body, 'description') ?? '',
    environment: optionalText(body, 'environment') ?? deployment.environment,
    target_url: logUrl,
    log_url: logUrl,
    environment_url: optionalText(body, 'environment_url') ?? '',
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
async function retireEarlier(
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

async function announceStatus(
  github: Github,
  repository: RepositoryState,
  deployment: Deployment,
  status: Json,
  cause: Identity,
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
  const on = { sha: String(deployment.json.sha), ref };
  await github.events.emit(repository, { name: 'deployment_status', payload, cause, on });
}

/** Full ref of a branch or a tag; empty for a commit, as `GITHUB_REF` is. */
async function fullRef(github: Github, repository: RepositoryState, ref: string): Promise<string> {
  for (const kind of ['heads', 'tags']) {
    if ((await github.git.ref(repository.fullName, `${kind}/${ref}`)) !== null) return `refs/${kind}/${ref}`;
  }
  return '';
}

async function commitOf(github: Github, repository: RepositoryState, ref: string): Promise<string> {
  try {
    return await github.git.resolve(repository.fullName, ref);
  } catch (error) {
    if (!(error instanceof GithubRefusal)) throw error;
    throw unprocessable(`No ref found for: ${ref}`);
  }
}

function shortText(body: Json, name: string): string | null {
  const text = optionalText(body, name);
  if (text !== null && text.length > longestDescription) {
    throw unprocessable(`${name} is too long (maximum is ${longestDescription} characters)`);
  }
  return text;
}

function deploymentOf(call: Call, repository: RepositoryState): Deployment {
  const deployment = repository.deployments.get(Number(call.params.deployment_id));
  if (deployment === undefined) throw notFound();
  return deployment;
}
