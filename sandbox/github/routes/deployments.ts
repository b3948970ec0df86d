import { reads, writes } from '../access.ts';
import { type Call, created, noContent, ok } from '../call.ts';
import { signalsOf } from '../checks.ts';
import { addStatus, announceStatus, openDeployment, retireEarlier } from '../deployments.ts';
import { flag, oneOf, optionalText, textField } from '../fields.ts';
import type { Github } from '../github.ts';
import { page } from '../pages.ts';
import type { Deployment } from '../records.ts';
import { GithubRefusal, notFound, unprocessable } from '../refusal.ts';
import { onRepository, type Route } from '../route.ts';
import type { RepositoryState } from '../world.ts';

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

  const deployment = await openDeployment(github, repository, {
    sha,
    ref,
    task: optionalText(body, 'task') ?? 'deploy',
    payload: body.payload ?? {},
    environment,
    description: shortText(body, 'description'),
    transient: flag(body, 'transient_environment', false),
    production: flag(body, 'production_environment', environment === 'production'),
    cause: call.who,
    startsWorkflows: true,
  });
  return created(deployment.json);
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
  const logUrl = optionalText(call.body, 'log_url') ?? optionalText(call.body, 'target_url') ?? '';
  const status = await addStatus(github, repository, deployment, call.who, {
    state,
    description: shortText(call.body, 'description') ?? '',
    environment: optionalText(call.body, 'environment') ?? deployment.environment,
    logUrl,
    environmentUrl: optionalText(call.body, 'environment_url') ?? '',
  });
  if (state === 'success' && flag(call.body, 'auto_inactive', true)) {
    await retireEarlier(github, repository, deployment, call.who);
  }
  // An inactive status makes no event.
  if (state !== 'inactive') await announceStatus(github, repository, deployment, status, call.who);
  return created(status);
}

async function commitOf(github: Github, repository: RepositoryState, ref: string): Promise<string> {
  try {
    return await github.git.resolve(repository.fullName, ref);
  } catch (error) {
    if (!(error instanceof GithubRefusal)) throw error;
    throw unprocessable(`No ref found for: ${ref}`);
  }
}

function shortText(body: Call['body'], name: string): string | null {
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
