import { setTimeout as wait } from 'node:timers/promises';
import { addStatus, announceStatus, openDeployment } from './deployments.ts';
import { ensureEnvironment } from './environments.ts';
import type { Github } from './github.ts';
import type { Deployment, EntryAnswer, Environment, WaitingJob, WorkflowRun } from './records.ts';
import { coversRef, matchesRef } from './rules.ts';
import { rulesOver } from './rulesets.ts';
import { actionsItself } from './runs.ts';
import type { RepositoryState } from './world.ts';

export interface EnvironmentEntry {
  readonly deploymentId: number;
  /** Why the job may not enter; null: it may. */
  readonly refused: string | null;
}

/**
 * A job asks to enter an environment: GitHub makes a deployment for it and lets it in when the branch policy allows
 * its ref, the wait timer is over, a reviewer agreed and every app with a custom rule approved. One refusal ends it.
 */
export async function enterEnvironment(
  github: Github,
  repository: RepositoryState,
  run: WorkflowRun,
  job: { readonly environment: string; readonly sha: string; readonly ref: string },
  signal: AbortSignal,
): Promise<EnvironmentEntry> {
  const environment = ensureEnvironment(github, repository, job.environment);
  const deployment = await openDeployment(github, repository, {
    sha: job.sha,
    ref: job.ref.replace(/^refs\/(?:heads|tags)\//, '') || job.sha,
    task: 'deploy',
    payload: {},
    environment: job.environment,
    description: null,
    transient: false,
    production: job.environment === 'production',
    cause: actionsItself,
    startsWorkflows: false,
  });
  const refused =
    branchRefusal(github, repository, environment, job.ref) ??
    (await rulesRefusal(github, repository, { run, deployment, environment }, job, signal));
  await tell(github, repository, deployment, refused === null ? 'in_progress' : 'failure');
  return { deploymentId: deployment.id, refused };
}

/** The job has left the environment. */
export async function leaveEnvironment(
  github: Github,
  repository: RepositoryState,
  deploymentId: number,
  succeeded: boolean,
): Promise<void> {
  const deployment = repository.deployments.get(deploymentId);
  if (deployment === undefined) return;
  await tell(github, repository, deployment, succeeded ? 'success' : 'failure');
}

/** Answers one rule of a waiting job; `rule` as in `WaitingJob.answers`. */
export function answerRule(job: WaitingJob, rule: string, answer: EntryAnswer): void {
  if (job.answers.get(rule) !== null) return;
  job.answers.set(rule, answer);
  const answers = [...job.answers.values()];
  if (!answer.approved || answers.every((one) => one?.approved === true)) job.decided();
}

function branchRefusal(
  { world }: Github,
  repository: RepositoryState,
  environment: Environment,
  ref: string,
): string | null {
  const policy = environment.branchPolicy;
  if (policy === null) return null;
  const allowed = policy.protected_branches
    ? rulesOver(world, repository).some(
        (set) => set.enforcement === 'active' && coversRef(set, ref, repository.defaultBranch),
      )
    : environment.branchPatterns.some(({ name, type }) =>
        matchesRef(name, ref, type === 'tag' ? 'refs/tags/' : 'refs/heads/'),
      );
  const name = ref.replace(/^refs\/(?:heads|tags)\//, '');
  return allowed
    ? null
    : `"${name}" is not allowed to deploy to ${environment.name} due to environment protection rules.`;
}

async function rulesRefusal(
  github: Github,
  repository: RepositoryState,
  parts: Pick<WaitingJob, 'run' | 'deployment' | 'environment'>,
  at: { readonly sha: string; readonly ref: string },
  signal: AbortSignal,
): Promise<string | null> {
  const { environment, deployment } = parts;
  const rules = [
    ...(environment.reviewers.length > 0 ? ['reviewers'] : []),
    ...environment.customRules.map(({ appId }) => `app/${appId}`),
  ];
  if (rules.length > 0 || environment.waitTimer > 0) await tell(github, repository, deployment, 'waiting');
  if (environment.waitTimer > 0) await wait(environment.waitTimer * 60_000, undefined, { signal });
  if (rules.length === 0) return null;

  const { promise, resolve } = Promise.withResolvers<void>();
  const job: WaitingJob = {
    ...parts,
    answers: new Map(rules.map((rule) => [rule, null])),
    decided: resolve,
  };
  repository.waiting.set(deployment.id, job);
  if (signal.aborted) resolve();
  signal.addEventListener('abort', () => resolve(), { once: true });
  try {
    if (environment.customRules.length > 0) await askApps(github, repository, job, at);
    await promise;
  } finally {
    repository.waiting.delete(deployment.id);
  }
  if (signal.aborted) return 'The run was cancelled.';
  const no = [...job.answers.values()].find((answer) => answer?.approved === false);
  return no === undefined ? null : `${no?.by} rejected the deployment: ${no?.comment}`;
}

/** One webhook for all: the sandbox's App is the only one that webhooks are sent to. */
async function askApps(
  github: Github,
  repository: RepositoryState,
  { run, environment, deployment }: WaitingJob,
  { sha, ref }: { readonly sha: string; readonly ref: string },
): Promise<void> {
  const payload = {
    action: 'requested',
    environment: environment.name,
    event: run.event,
    sha,
    ref,
    deployment_callback_url: `${github.url}${repository.path}/actions/runs/${run.id}/deployment_protection_rule`,
    deployment: deployment.json,
    pull_requests: [],
  };
  await github.events.emit(repository, {
    name: 'deployment_protection_rule',
    payload,
    cause: actionsItself,
    on: null,
  });
}

async function tell(
  github: Github,
  repository: RepositoryState,
  deployment: Deployment,
  state: string,
): Promise<void> {
  const status = await addStatus(github, repository, deployment, actionsItself, { state });
  await announceStatus(github, repository, deployment, status, actionsItself, false);
}
