import { reads, writes } from '../access.ts';
import { type Call, created, noContent, ok } from '../call.ts';
import { ensureEnvironment, renderEnvironment } from '../environments.ts';
import { textField } from '../fields.ts';
import type { Github } from '../github.ts';
import type { Json } from '../json.ts';
import { page, renderedPage } from '../pages.ts';
import { nodeId } from '../payloads.ts';
import type { Environment } from '../records.ts';
import { notFound, unprocessable } from '../refusal.ts';
import { onRepository, type Route } from '../route.ts';
import type { RepositoryState } from '../world.ts';

const base = '/repos/{owner}/{repo}/environments';
const rules = `${base}/{environment_name}/deployment_protection_rules`;
const policies = `${base}/{environment_name}/deployment-branch-policies`;
/** Custom protection rules of one environment. */
const mostRules = 6;
/** People and teams of one environment. */
const mostReviewers = 6;

export const environmentRoutes: readonly Route[] = [
  onRepository(`GET ${base}`, reads('actions'), (call, repository, github) => {
    const environments = [...repository.environments.values()];
    const render = (one: Environment) => renderEnvironment(github, repository, one);
    return renderedPage(call, github.url, environments, render, (slice) => ({
      total_count: environments.length,
      environments: slice,
    }));
  }),
  onRepository(`GET ${base}/{environment_name}`, reads('actions'), async (call, repository, github) =>
    ok(await renderEnvironment(github, repository, environmentOf(call, repository))),
  ),
  onRepository(`PUT ${base}/{environment_name}`, writes('administration', 'admin'), putEnvironment),
  onRepository(`DELETE ${base}/{environment_name}`, writes('administration', 'admin'), (call, repository) => {
    repository.environments.delete(environmentOf(call, repository).name);
    return noContent();
  }),
  onRepository(`GET ${rules}`, reads('actions'), (call, repository, github) => {
    const known = environmentOf(call, repository).customRules;
    return ok({
      total_count: known.length,
      custom_deployment_protection_rules: known.map((rule) => renderRule(github, rule)),
    });
  }),
  onRepository(`POST ${rules}`, writes('administration', 'admin'), addRule),
  onRepository(`GET ${rules}/{protection_rule_id}`, reads('actions'), (call, repository, github) =>
    ok(renderRule(github, ruleOf(call, repository))),
  ),
  onRepository(
    `DELETE ${rules}/{protection_rule_id}`,
    writes('administration', 'admin'),
    (call, repository) => {
      const known = environmentOf(call, repository).customRules;
      known.splice(known.indexOf(ruleOf(call, repository)), 1);
      return noContent();
    },
  ),
  onRepository(`GET ${policies}`, reads('actions'), (call, repository, github) => {
    const known = environmentOf(call, repository).branchPatterns;
    return page(call, github.url, known.map(renderPattern), (slice) => ({
      total_count: known.length,
      branch_policies: slice,
    }));
  }),
  onRepository(`POST ${policies}`, writes('administration', 'admin'), addPattern),
  onRepository(`DELETE ${policies}/{branch_policy_id}`, writes('administration', 'admin'), removePattern),
];

/** What the request does not name goes back to its default, as on GitHub. */
async function putEnvironment(call: Call, repository: RepositoryState, github: Github) {
  const { body } = call;
  const waitTimer = Number(body.wait_timer ?? 0);
  if (!Number.isInteger(waitTimer) || waitTimer < 0 || waitTimer > 43_200) {
    throw unprocessable('wait_timer must be between 0 and 43200 minutes');
  }
  const policy = (body.deployment_branch_policy ?? null) as Environment['branchPolicy'];
  if (policy !== null && policy.protected_branches === policy.custom_branch_policies) {
    throw unprocessable('protected_branches and custom_branch_policies cannot have the same value');
  }
  const reviewers = (body.reviewers ?? []) as Environment['reviewers'];
  if (reviewers.length > mostReviewers) throw unprocessable(`at most ${mostReviewers} reviewers`);
  const environment = ensureEnvironment(github, repository, call.params.environment_name ?? '');
  environment.waitTimer = waitTimer;
  environment.reviewers = reviewers;
  environment.preventSelfReview = body.prevent_self_review === true;
  environment.branchPolicy = policy;
  environment.updatedAt = github.now();
  return ok(await renderEnvironment(github, repository, environment));
}

function addRule(call: Call, repository: RepositoryState, github: Github) {
  const known = environmentOf(call, repository).customRules;
  const appId = Number(call.body.integration_id);
  const app = github.identities.apps().find((candidate) => candidate.appId === appId);
  if (app === undefined) throw unprocessable('integration_id names no app that is installed here');
  if (known.length >= mostRules) throw unprocessable(`an environment has at most ${mostRules} custom rules`);
  const rule = { id: github.world.nextId(), appId: app.appId, slug: app.slug };
  known.push(rule);
  return created(renderRule(github, rule));
}

function renderRule(github: Github, { id, appId, slug }: Environment['customRules'][number]): Json {
  return {
    id,
    node_id: nodeId('GateRule', id),
    enabled: true,
    app: {
      id: appId,
      slug,
      integration_url: `${github.url}/apps/${slug}`,
      node_id: nodeId('App', appId),
    },
  };
}

function addPattern(call: Call, repository: RepositoryState, github: Github) {
  const known = environmentOf(call, repository);
  if (known.branchPolicy?.custom_branch_policies !== true) throw notFound();
  const type = call.body.type === 'tag' ? ('tag' as const) : ('branch' as const);
  const pattern = { id: github.world.nextId(), name: textField(call.body, 'name'), type };
  known.branchPatterns.push(pattern);
  return ok(renderPattern(pattern));
}

function removePattern(call: Call, repository: RepositoryState) {
  const known = environmentOf(call, repository).branchPatterns;
  const at = known.findIndex(({ id }) => id === Number(call.params.branch_policy_id));
  if (at < 0) throw notFound();
  known.splice(at, 1);
  return noContent();
}

function renderPattern({ id, name, type }: Environment['branchPatterns'][number]): Json {
  return { id, node_id: nodeId('EnvironmentBranchPolicy', id), name, type };
}

function environmentOf(call: Call, repository: RepositoryState): Environment {
  const environment = repository.environments.get(call.params.environment_name ?? '');
  if (environment === undefined) throw notFound();
  return environment;
}

function ruleOf(call: Call, repository: RepositoryState): Environment['customRules'][number] {
  const wanted = Number(call.params.protection_rule_id);
  const rule = environmentOf(call, repository).customRules.find(({ id }) => id === wanted);
  if (rule === undefined) throw notFound();
  return rule;
}
