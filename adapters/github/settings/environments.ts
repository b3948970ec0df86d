import { z } from 'zod';
import type { Change } from '../../../core/governance/compare.ts';
import type { Directory } from '../../../core/governance/directory.ts';
import type { EnvironmentSetting } from '../../../core/governance/settings.ts';
import type { GithubClient } from '../client.ts';
import { appId } from './actors.ts';

const base = '/repos/{owner}/{repo}/environments';
const one = `${base}/{environment_name}`;
const rules = `${one}/deployment_protection_rules`;
const policies = `${one}/deployment-branch-policies`;

const reviewerSchema = z.object({
  type: z.enum(['User', 'Team']),
  reviewer: z.object({ login: z.string().optional(), slug: z.string().optional() }),
});
const environmentSchema = z.object({
  name: z.string(),
  protection_rules: z
    .array(
      z.object({
        type: z.string(),
        wait_timer: z.number().optional(),
        prevent_self_review: z.boolean().optional(),
        reviewers: z.array(reviewerSchema).optional(),
      }),
    )
    .default([]),
  deployment_branch_policy: z
    .object({ protected_branches: z.boolean(), custom_branch_policies: z.boolean() })
    .nullish(),
});
const customRuleSchema = z.object({ id: z.number(), app: z.object({ id: z.number(), slug: z.string() }) });
const patternSchema = z.object({
  id: z.number(),
  name: z.string(),
  type: z.enum(['branch', 'tag']).default('branch'),
});

/** Environments that live and die with a deployment, such as previews, are nobody's settings. */
const transient = /^preview\//;

export async function readEnvironments(github: GithubClient): Promise<EnvironmentSetting[]> {
  const found = await github.list(`GET ${base}`, {}, environmentSchema, {
    member: 'environments',
    steady: true,
  });
  return Promise.all(
    found.filter(({ name }) => !transient.test(name)).map((environment) => toSetting(github, environment)),
  );
}

async function toSetting(
  github: GithubClient,
  { name, protection_rules: protection, deployment_branch_policy: policy }: z.infer<typeof environmentSchema>,
): Promise<EnvironmentSetting> {
  const review = protection.find(({ type }) => type === 'required_reviewers');
  const patterns = policy?.custom_branch_policies === true ? await patternsOf(github, name) : [];
  return {
    name,
    waitMinutes: protection.find(({ type }) => type === 'wait_timer')?.wait_timer ?? 0,
    reviewers: (review?.reviewers ?? []).map(({ type, reviewer }) =>
      type === 'Team' ? `team:${reviewer.slug}` : `user:${reviewer.login?.toLowerCase()}`,
    ),
    preventSelfReview: review?.prevent_self_review ?? false,
    refs:
      policy == null
        ? 'all'
        : policy.protected_branches
          ? 'protected'
          : patterns.map((pattern) => `${pattern.type}:${pattern.name}`),
    apps: (await customRulesOf(github, name)).map(({ app }) => app.slug),
  };
}

export async function applyEnvironment(
  github: GithubClient,
  { name, after }: Change,
  directory: Directory,
): Promise<void> {
  if (after === null) {
    const known = await github.find(`GET ${one}`, { environment_name: name }, z.unknown());
    if (known !== null) await github.send(`DELETE ${one}`, { environment_name: name }, z.unknown());
    return;
  }
  const wanted = after as EnvironmentSetting;
  const custom = typeof wanted.refs !== 'string';
  await github.send(
    `PUT ${one}`,
    {
      environment_name: name,
      wait_timer: wanted.waitMinutes,
      prevent_self_review: wanted.preventSelfReview,
      reviewers: wanted.reviewers.map((reviewer) => reviewerOf(reviewer, directory)),
      deployment_branch_policy:
        wanted.refs === 'all'
          ? null
          : { protected_branches: wanted.refs === 'protected', custom_branch_policies: custom },
    },
    z.unknown(),
  );
  if (typeof wanted.refs !== 'string') await alignPatterns(github, name, wanted.refs);
  await alignCustomRules(github, name, wanted.apps, directory);
}

function reviewerOf(reviewer: string, { teams, users }: Directory): { type: string; id: number | undefined } {
  const [kind, name = ''] = reviewer.split(/:(.*)/s);
  return kind === 'team'
    ? { type: 'Team', id: teams.get(name) }
    : { type: 'User', id: users.get(name.toLowerCase()) };
}

async function alignPatterns(
  github: GithubClient,
  environment: string,
  refs: readonly string[],
): Promise<void> {
  const place = { environment_name: environment };
  const known = await patternsOf(github, environment);
  for (const ref of refs) {
    const [type = '', name = ''] = ref.split(/:(.*)/s);
    if (known.some((pattern) => pattern.type === type && pattern.name === name)) continue;
    await github.send(`POST ${policies}`, { ...place, name, type }, z.unknown());
  }
  for (const { id, name, type } of known) {
    if (refs.includes(`${type}:${name}`)) continue;
    await github.send(
      `DELETE ${policies}/{branch_policy_id}`,
      { ...place, branch_policy_id: id },
      z.unknown(),
    );
  }
}

/** Ours and others that are wanted are added; a rule that is not wanted goes. */
async function alignCustomRules(
  github: GithubClient,
  environment: string,
  apps: readonly string[],
  directory: Directory,
): Promise<void> {
  const place = { environment_name: environment };
  const known = await customRulesOf(github, environment);
  for (const app of apps) {
    if (known.some((rule) => rule.app.slug === app)) continue;
    await github.send(`POST ${rules}`, { ...place, integration_id: appId(app, directory) }, z.unknown());
  }
  for (const { id, app } of known) {
    if (apps.includes(app.slug)) continue;
    await github.send(
      `DELETE ${rules}/{protection_rule_id}`,
      { ...place, protection_rule_id: id },
      z.unknown(),
    );
  }
}

async function customRulesOf(github: GithubClient, environment: string) {
  const answer = await github.get(
    `GET ${rules}`,
    { environment_name: environment },
    z.object({ custom_deployment_protection_rules: z.array(customRuleSchema).default([]) }),
  );
  return answer.custom_deployment_protection_rules;
}

function patternsOf(github: GithubClient, environment: string) {
  const parameters = { environment_name: environment };
  return github.list(`GET ${policies}`, parameters, patternSchema, {
    member: 'branch_policies',
    steady: true,
  });
}
