import { reads, writes } from '../access.ts';
import { type Answer, type Call, created, noContent, ok } from '../call.ts';
import { answerRule } from '../environment-entry.ts';
import { renderEnvironment, renderReviewers, reviewerLogins } from '../environments.ts';
import { objectField, oneOf, optionalText, textField } from '../fields.ts';
import type { Github } from '../github.ts';
import { appIdOf } from '../identity.ts';
import { page, renderedPage } from '../pages.ts';
import type { Artifact, WaitingJob, WorkflowRun } from '../records.ts';
import { onDefaultBranch } from '../refs.ts';
import { forbidden, notFound, unprocessable } from '../refusal.ts';
import { onRepository, type Route } from '../route.ts';
import { renderArtifact, renderRun, rerun, workflowIdOf } from '../runs.ts';
import type { RepositoryState } from '../world.ts';

const base = '/repos/{owner}/{repo}';
const actions = `${base}/actions`;

export const actionsRoutes: readonly Route[] = [
  onRepository(`GET ${actions}/runs`, reads('actions'), listRuns),
  onRepository(`GET ${actions}/runs/{run_id}`, reads('actions'), async (call, repository, github) =>
    ok(await renderRun(github, repository, runOf(call, repository))),
  ),
  onRepository(
    `GET ${actions}/runs/{run_id}/attempts/{attempt_number}`,
    reads('actions'),
    async (call, repository, github) => {
      const run = runOf(call, repository);
      if (Number(call.params.attempt_number) !== run.attempt) throw notFound();
      return ok(await renderRun(github, repository, run));
    },
  ),
  onRepository(`GET ${actions}/runs/{run_id}/artifacts`, reads('actions'), (call, repository, github) => {
    const run = runOf(call, repository);
    const name = call.query.get('name');
    const artifacts = [...repository.artifacts.values()]
      .filter((artifact) => artifact.runId === run.id && (name === null || artifact.name === name))
      .map((artifact) => renderArtifact(github, repository, artifact));
    return page(call, github.url, artifacts, (slice) => ({
      total_count: artifacts.length,
      artifacts: slice,
    }));
  }),
  onRepository(`GET ${actions}/artifacts/{artifact_id}`, reads('actions'), (call, repository, github) =>
    ok(renderArtifact(github, repository, artifactOf(call, repository))),
  ),
  // GitHub redirects to a store and Octokit follows; the answer here is what one finds there.
  onRepository(
    `GET ${actions}/artifacts/{artifact_id}/{archive_format}`,
    reads('actions'),
    (call, repository) => ({
      status: 200,
      body: artifactOf(call, repository).zip,
      headers: { 'content-type': 'application/zip' },
    }),
  ),
  onRepository(
    `POST ${actions}/runs/{run_id}/deployment_protection_rule`,
    writes('deployments'),
    answerAsApp,
  ),
  onRepository(`GET ${actions}/runs/{run_id}/pending_deployments`, reads('actions'), listPending),
  onRepository(
    `POST ${actions}/runs/{run_id}/pending_deployments`,
    writes('deployments', 'read'),
    answerAsReviewer,
  ),
  onRepository(`POST ${actions}/runs/{run_id}/rerun`, writes('actions'), async (call, repository, github) => {
    await rerun(github, repository, runOf(call, repository));
    return created({});
  }),
  onRepository(`POST ${actions}/workflows/{workflow_id}/dispatches`, writes('actions'), dispatchWorkflow),
  onRepository(`POST ${base}/dispatches`, writes('contents'), dispatchRepository),
];

function listRuns(call: Call, repository: RepositoryState, github: Github): Promise<Answer> {
  const sha = call.query.get('head_sha');
  const event = call.query.get('event');
  const status = call.query.get('status');
  const branch = call.query.get('branch');
  const chosen = [...repository.runs.values()]
    .filter((run) => sha === null || run.headSha === sha)
    .filter((run) => event === null || run.event === event)
    .filter((run) => branch === null || run.headBranch === branch)
    .filter((run) => status === null || isSo(run, status, repository))
    .toReversed();
  const render = (run: WorkflowRun) => renderRun(github, repository, run);
  return renderedPage(call, github.url, chosen, render, (workflow_runs) => ({
    total_count: chosen.length,
    workflow_runs,
  }));
}

/** A run with a job before an environment is `waiting` as a whole. */
function isSo(run: WorkflowRun, status: string, repository: RepositoryState): boolean {
  if (status === 'waiting') return waitingJobs(repository, run).length > 0;
  return run.status === status || run.conclusion === status;
}

async function dispatchWorkflow(call: Call, repository: RepositoryState, github: Github): Promise<Answer> {
  const ref = textField(call.body, 'ref');
  const sha = await github.git.resolve(repository.fullName, ref);
  const path = await workflowPath(call, repository, github, sha);
  const branch = await github.git.ref(repository.fullName, `heads/${ref.replace(/^refs\/heads\//, '')}`);
  const full = ref.startsWith('refs/') ? ref : `refs/${branch === null ? 'tags' : 'heads'}/${ref}`;
  const payload = { ref: full, workflow: path, inputs: objectField(call.body, 'inputs') };
  const on = { sha, ref: full };
  await github.events.emit(repository, { name: 'workflow_dispatch', payload, cause: call.who, on });
  return noContent();
}

/** The workflow's file, by its name or its number. */
async function workflowPath(
  call: Call,
  repository: RepositoryState,
  github: Github,
  sha: string,
): Promise<string> {
  const wanted = call.params.workflow_id ?? '';
  const files = await github.git.files(repository.fullName, sha);
  const workflow = files.find(
    ({ path }) =>
      path.startsWith('.github/workflows/') &&
      (path.endsWith(`/${wanted}`) || String(workflowIdOf(path)) === wanted),
  );
  if (workflow === undefined) throw notFound();
  return workflow.path;
}

async function dispatchRepository(call: Call, repository: RepositoryState, github: Github): Promise<Answer> {
  const action = textField(call.body, 'event_type');
  if (action.length > 100) throw unprocessable('event_type is too long (maximum is 100 characters)');
  const payload = {
    action,
    branch: repository.defaultBranch,
    client_payload: objectField(call.body, 'client_payload'),
  };
  const on = await onDefaultBranch(github, repository);
  await github.events.emit(repository, { name: 'repository_dispatch', payload, cause: call.who, on });
  return noContent();
}

/** An app answers for its custom rule; a comment alone is kept by GitHub and decides nothing. */
function answerAsApp(call: Call, repository: RepositoryState): Answer {
  const run = runOf(call, repository);
  const name = textField(call.body, 'environment_name');
  const job = waitingJobs(repository, run).find(({ environment }) => environment.name === name);
  const rule = `app/${appIdOf(call.who)}`;
  if (job === undefined || !job.answers.has(rule)) throw notFound();
  if (call.body.state === undefined) return noContent();
  const approved = oneOf(call.body, 'state', ['approved', 'rejected']) === 'approved';
  answerRule(job, rule, { approved, by: call.who.login, comment: optionalText(call.body, 'comment') ?? '' });
  return noContent();
}

async function listPending(call: Call, repository: RepositoryState, github: Github): Promise<Answer> {
  const jobs = waitingJobs(repository, runOf(call, repository));
  return ok(
    await Promise.all(
      jobs.map(async ({ environment }) => {
        const { id, node_id, name, url, html_url } = await renderEnvironment(github, repository, environment);
        return {
          environment: { id, node_id, name, url, html_url },
          wait_timer: environment.waitTimer,
          wait_timer_started_at: null,
          current_user_can_approve: (await reviewerLogins(github, environment)).has(call.who.login),
          reviewers: await renderReviewers(github, environment),
        };
      }),
    ),
  );
}

async function answerAsReviewer(call: Call, repository: RepositoryState, github: Github): Promise<Answer> {
  const ids = Array.isArray(call.body.environment_ids) ? call.body.environment_ids.map(Number) : [];
  const approved = oneOf(call.body, 'state', ['approved', 'rejected']) === 'approved';
  const comment = textField(call.body, 'comment');
  const jobs = waitingJobs(repository, runOf(call, repository)).filter(({ environment }) =>
    ids.includes(environment.id),
  );
  if (jobs.length === 0) throw unprocessable('no pending deployment of these environments');
  for (const { environment } of jobs) {
    if (!(await reviewerLogins(github, environment)).has(call.who.login)) {
      throw forbidden('You are not a reviewer of this environment');
    }
  }
  for (const job of jobs) answerRule(job, 'reviewers', { approved, by: call.who.login, comment });
  return ok(jobs.map(({ deployment }) => deployment.json));
}

function waitingJobs(repository: RepositoryState, run: WorkflowRun): readonly WaitingJob[] {
  return [...repository.waiting.values()].filter((job) => job.run.id === run.id);
}

function runOf(call: Call, repository: RepositoryState): WorkflowRun {
  const run = repository.runs.get(Number(call.params.run_id));
  if (run === undefined) throw notFound();
  return run;
}

function artifactOf(call: Call, repository: RepositoryState): Artifact {
  const artifact = repository.artifacts.get(Number(call.params.artifact_id));
  if (artifact === undefined) throw notFound();
  return artifact;
}
