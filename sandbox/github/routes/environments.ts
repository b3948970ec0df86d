import { reads, writes } from '../access.ts';
import type { Github } from '../github.ts';
import { page } from '../pages.ts';
import { nodeId } from '../payloads.ts';
import { notFound, unprocessable } from '../refusal.ts';
import { type Call, created, type Json, noContent, ok, onRepository, type Route } from '../types.ts';
import type { RepositoryState } from '../world.ts';

const base = '/repos/{owner}/{repo}/environments';
const rules = `${base}/{environment_name}/deployment_protection_rules`;
/** Custom protection rules of one environment. */
const mostRules = 6;

export const environmentRoutes: readonly Route[] = [
  onRepository(`GET ${base}`, reads('actions'), (call, repository, github) => {
    const environments = [...repository.environments.values()];
    return page(call, github.url, environments, (slice) => ({
      total_count: environments.length,
      environments: slice,
    }));
  }),
  onRepository(`GET ${base}/{environment_name}`, reads('actions'), (call, repository) =>
    ok(environmentOf(call, repository)),
  ),
  onRepository(`PUT ${base}/{environment_name}`, writes('administration', 'admin'), putEnvironment),
  onRepository(`DELETE ${base}/{environment_name}`, writes('administration', 'admin'), (call, repository) => {
    environmentOf(call, repository);
    repository.environments.delete(call.params.environment_name ?? '');
    return noContent();
  }),
  onRepository(`GET ${rules}`, reads('actions'), (call, repository) => {
    const known = rulesOf(call, repository);
    return ok({ total_count: known.length, custom_deployment_protection_rules: known });
  }),
  onRepository(`POST ${rules}`, writes('administration', 'admin'), addRule),
  onRepository(`GET ${rules}/{protection_rule_id}`, reads('actions'), (call, repository) =>
    ok(ruleOf(call, repository)),
  ),
  onRepository(
    `DELETE ${rules}/{protection_rule_id}`,
    writes('administration', 'admin'),
    (call, repository) => {
      const known = rulesOf(call, repository);
      known.splice(known.indexOf(ruleOf(call, repository)), 1);
      return noContent();
    },
  ),
];

/** Makes an environment on first use, as a deployment does. */
export async function ensureEnvironment(
  github: Github,
  repository: RepositoryState,
  name: string,
): Promise<Json> {
  const known = repository.environments.get(name);
  if (known !== undefined) return known;
  const id = github.world.nextId();
  const at = github.now();
  const environment: Json = {
    id,
    node_id: nodeId('Environment', id),
    name,
    url: `${github.url}${repository.path}/environments/${encodeURIComponent(name)}`,
    html_url: `${github.url}/${repository.fullName}/deployments/activity_log?environments_filter=${encodeURIComponent(name)}`,
    created_at: at,
    updated_at: at,
    protection_rules: [],
    deployment_branch_policy: null,
  };
  repository.environments.set(name, environment);
  return environment;
}

async function putEnvironment(call: Call, repository: RepositoryState, github: Github) {
  const name = call.params.environment_name ?? '';
  const environment = await ensureEnvironment(github, repository, name);
  const policy = call.body.deployment_branch_policy;
  const updated = {
    ...environment,
    ...(policy === undefined ? {} : { deployment_branch_policy: policy }),
    updated_at: github.now(),
  };
  repository.environments.set(name, updated);
  return ok(updated);
}

async function addRule(call: Call, repository: RepositoryState, github: Github) {
  environmentOf(call, repository);
  const appId = Number(call.body.integration_id);
  const app = github.identities.apps().find((candidate) => candidate.appId === appId);
  if (app === undefined) throw unprocessable('integration_id names no app that is installed here');
  const known = rulesOf(call, repository);
  if (known.length >= mostRules) throw unprocessable(`an environment has at most ${mostRules} custom rules`);
  const id = github.world.nextId();
  const rule = {
    id,
    node_id: nodeId('GateRule', id),
    enabled: true,
    app: {
      id: app.appId,
      slug: app.slug,
      integration_url: `${github.url}/apps/${app.slug}`,
      node_id: nodeId('App', app.appId),
    },
  };
  known.push(rule);
  return created(rule);
}

function environmentOf(call: Call, repository: RepositoryState): Json {
  const environment = repository.environments.get(call.params.environment_name ?? '');
  if (environment === undefined) throw notFound();
  return environment;
}

function rulesOf(call: Call, repository: RepositoryState): Json[] {
  const name = call.params.environment_name ?? '';
  const known = repository.protectionRules.get(name) ?? [];
  repository.protectionRules.set(name, known);
  return known;
}

function ruleOf(call: Call, repository: RepositoryState): Json {
  const wanted = Number(call.params.protection_rule_id);
  const rule = rulesOf(call, repository).find(({ id }) => id === wanted);
  if (rule === undefined) throw notFound();
  return rule;
}
