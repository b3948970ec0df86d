import type { Github } from './github.ts';
import type { Json } from './json.ts';
import { nodeId } from './payloads.ts';
import type { Environment } from './records.ts';
import { renderTeam } from './teams.ts';
import type { RepositoryState } from './world.ts';

/** Makes an environment on first use, as a deployment does. */
export function ensureEnvironment(github: Github, repository: RepositoryState, name: string): Environment {
  const known = repository.environments.get(name);
  if (known !== undefined) return known;
  const at = github.now();
  const environment: Environment = {
    id: github.world.nextId(),
    name,
    createdAt: at,
    updatedAt: at,
    waitTimer: 0,
    preventSelfReview: false,
    reviewers: [],
    branchPolicy: null,
    branchPatterns: [],
    customRules: [],
  };
  repository.environments.set(name, environment);
  return environment;
}

export async function renderEnvironment(
  github: Github,
  repository: RepositoryState,
  environment: Environment,
): Promise<Json> {
  const { id, name } = environment;
  return {
    id,
    node_id: nodeId('Environment', id),
    name,
    url: `${github.url}${repository.path}/environments/${encodeURIComponent(name)}`,
    html_url: `${github.url}/${repository.fullName}/deployments/activity_log?environments_filter=${encodeURIComponent(name)}`,
    created_at: environment.createdAt,
    updated_at: environment.updatedAt,
    protection_rules: await protectionRules(github, environment),
    deployment_branch_policy: environment.branchPolicy,
  };
}

/** The people and teams who may let a job in, as GitHub shows them. */
export function renderReviewers(github: Github, { reviewers }: Environment): Promise<Json[]> {
  return Promise.all(
    reviewers.map(async ({ type, id }) => ({
      type,
      reviewer: type === 'Team' ? teamById(github, id) : await userById(github, id),
    })),
  );
}

/** The id numbers of an environment's rules are made of its own: they never change. */
async function protectionRules(github: Github, environment: Environment): Promise<Json[]> {
  const rule = (n: number, type: string, more: Json): Json => {
    const id = environment.id * 10 + n;
    return { id, node_id: nodeId('GateRule', id), type, ...more };
  };
  return [
    ...(environment.waitTimer > 0 ? [rule(1, 'wait_timer', { wait_timer: environment.waitTimer })] : []),
    ...(environment.reviewers.length > 0
      ? [
          rule(2, 'required_reviewers', {
            prevent_self_review: environment.preventSelfReview,
            reviewers: await renderReviewers(github, environment),
          }),
        ]
      : []),
    ...(environment.branchPolicy === null ? [] : [rule(3, 'branch_policy', {})]),
  ];
}

/** Logins of the people who may let a job into the environment. */
export async function reviewerLogins(github: Github, { reviewers }: Environment): Promise<Set<string>> {
  const logins = await Promise.all(
    reviewers.map(async ({ type, id }) => {
      if (type === 'User') return [String((await userById(github, id))?.login)];
      const team = [...github.world.teams.values()].find((one) => one.id === id);
      return [...(team?.members ?? [])].filter(([, { state }]) => state === 'active').map(([login]) => login);
    }),
  );
  return new Set(logins.flat());
}

function teamById(github: Github, id: number): Json | undefined {
  const team = [...github.world.teams.values()].find((one) => one.id === id);
  return team === undefined ? undefined : renderTeam(github, team);
}

export async function userById(github: Github, id: number): Promise<Json | undefined> {
  const people = await Promise.all(
    [...github.world.roles.keys()].map((login) => github.payloads.user(login)),
  );
  return people.find((person) => person.id === id);
}
