import { createHash } from 'node:crypto';
import type { SandboxRun } from '../contract.ts';
import { announceCheck } from './check-events.ts';
import { ensureSuite, queuedCheck } from './checks.ts';
import type { Github } from './github.ts';
import { actionsAppId, type Identity } from './identity.ts';
import type { Json } from './json.ts';
import { headCommit, nodeId } from './payloads.ts';
import type { Artifact, WorkflowRun } from './records.ts';
import { onDefaultBranch } from './refs.ts';
import { forbidden, notFound } from './refusal.ts';
import type { RepositoryState } from './world.ts';

/** In whose name GitHub Actions itself acts. */
export const actionsItself: Identity = {
  kind: 'installation',
  login: 'github-actions[bot]',
  appId: actionsAppId,
  permissions: {},
  token: '',
};

/** A queued run with its check run; sends `workflow_run.requested`. */
export async function createRun(
  github: Github,
  repository: RepositoryState,
  options: Omit<SandboxRun, 'id' | 'attempt'>,
): Promise<WorkflowRun> {
  const at = github.now();
  const suite = ensureSuite(github, repository, { ...options, appId: actionsAppId });
  const check = queuedCheck(github, suite, options.name);
  repository.checks.set(check.id, check);
  const run: WorkflowRun = {
    ...options,
    id: github.world.nextId(),
    attempt: 1,
    number: [...repository.runs.values()].filter((known) => known.path === options.path).length + 1,
    actor: 'github-actions[bot]',
    suiteId: suite.id,
    checkId: check.id,
    createdAt: at,
    startedAt: at,
    updatedAt: at,
    status: 'queued',
    conclusion: null,
  };
  repository.runs.set(run.id, run);
  await announceCheck(github, repository, check, 'created', actionsItself);
  await announceRun(github, repository, run, 'requested');
  return run;
}

/** A completed run is queued again as its next attempt, with a check run of its own; refused while it runs. */
export async function rerun(github: Github, repository: RepositoryState, run: WorkflowRun): Promise<void> {
  if (run.status !== 'completed') throw forbidden('This workflow is already running');
  const suite = repository.suites.get(run.suiteId);
  if (suite === undefined) throw notFound();
  const check = queuedCheck(github, suite, run.name);
  repository.checks.set(check.id, check);
  run.attempt += 1;
  run.checkId = check.id;
  run.status = 'queued';
  run.conclusion = null;
  run.startedAt = github.now();
  run.updatedAt = run.startedAt;
  await announceCheck(github, repository, check, 'created', actionsItself);
  await announceRun(github, repository, run, 'requested');
  github.events.announceRerun(repository.fullName, { ...run });
}

/** Moves a run on, with its check run and its webhooks. */
export async function updateRun(
  github: Github,
  repository: RepositoryState,
  run: WorkflowRun,
  status: 'in_progress' | 'completed',
  conclusion: string | null,
): Promise<void> {
  run.status = status;
  run.conclusion = conclusion;
  run.updatedAt = github.now();
  const check = repository.checks.get(run.checkId);
  if (check !== undefined) {
    check.status = status;
    check.conclusion = conclusion;
    check.completedAt = status === 'completed' ? github.now() : null;
    if (status === 'completed') await announceCheck(github, repository, check, 'completed', actionsItself);
  }
  await announceRun(github, repository, run, status);
}

async function announceRun(
  github: Github,
  repository: RepositoryState,
  run: WorkflowRun,
  action: 'requested' | 'in_progress' | 'completed',
): Promise<void> {
  const payload = {
    action,
    workflow_run: await renderRun(github, repository, run),
    workflow: renderWorkflow(github, repository, run),
  };
  // A workflow that runs on `workflow_run` runs on the default branch, not on the commit of the first run.
  const on = await onDefaultBranch(github, repository);
  await github.events.emit(repository, { name: 'workflow_run', payload, cause: actionsItself, on });
}

export async function renderRun(
  github: Github,
  repository: RepositoryState,
  run: WorkflowRun,
): Promise<Json> {
  const api = `${github.url}${repository.path}/actions/runs/${run.id}`;
  const commit = await github.git.commit(repository.fullName, run.headSha);
  const actor = await github.payloads.user(run.actor);
  const inRepository = await github.payloads.repository(repository);
  const workflowId = workflowIdOf(run.path);
  return {
    id: run.id,
    node_id: nodeId('WorkflowRun', run.id),
    name: run.name,
    path: run.path,
    display_title: commit.message.split('\n')[0] ?? '',
    run_number: run.number,
    run_attempt: run.attempt,
    event: run.event,
    status: run.status,
    conclusion: run.conclusion,
    workflow_id: workflowId,
    check_suite_id: run.suiteId,
    check_suite_node_id: nodeId('CheckSuite', run.suiteId),
    head_branch: run.headBranch,
    head_sha: run.headSha,
    head_commit: headCommit(commit),
    url: api,
    html_url: `${github.url}/${repository.fullName}/actions/runs/${run.id}`,
    jobs_url: `${api}/jobs`,
    logs_url: `${api}/logs`,
    check_suite_url: `${github.url}${repository.path}/check-suites/${run.suiteId}`,
    artifacts_url: `${api}/artifacts`,
    cancel_url: `${api}/cancel`,
    rerun_url: `${api}/rerun`,
    previous_attempt_url: null,
    workflow_url: `${github.url}${repository.path}/actions/workflows/${workflowId}`,
    created_at: run.createdAt,
    updated_at: run.updatedAt,
    run_started_at: run.startedAt,
    actor,
    triggering_actor: actor,
    referenced_workflows: [],
    pull_requests: [],
    repository: inRepository,
    head_repository: run.fork === undefined ? inRepository : forkOf(inRepository, run.fork),
  };
}

/** A fork as a run shows it: of another owner, otherwise the same. */
function forkOf(repository: Json, fullName: string): Json {
  return { ...repository, id: workflowIdOf(fullName), full_name: fullName, fork: true };
}

function renderWorkflow(github: Github, repository: RepositoryState, run: WorkflowRun): Json {
  const id = workflowIdOf(run.path);
  const api = `${github.url}${repository.path}/actions/workflows/${id}`;
  return {
    id,
    node_id: nodeId('Workflow', id),
    name: run.name,
    path: run.path,
    state: 'active',
    created_at: run.createdAt,
    updated_at: run.createdAt,
    url: api,
    html_url: `${github.url}/${repository.fullName}/blob/${repository.defaultBranch}/${run.path}`,
    badge_url: `${github.url}/${repository.fullName}/workflows/${encodeURIComponent(run.name)}/badge.svg`,
  };
}

/** The same number for the same workflow file. */
export function workflowIdOf(path: string): number {
  let hash = 7;
  for (const character of path) hash = (hash * 31 + character.charCodeAt(0)) % 1_000_000_007;
  return hash;
}

export function renderArtifact(github: Github, repository: RepositoryState, artifact: Artifact): Json {
  const api = `${github.url}${repository.path}/actions/artifacts/${artifact.id}`;
  const run = repository.runs.get(artifact.runId);
  const ninetyDays = 90 * 24 * 3600 * 1000;
  return {
    id: artifact.id,
    node_id: nodeId('Artifact', artifact.id),
    name: artifact.name,
    size_in_bytes: artifact.zip.length,
    digest: `sha256:${createHash('sha256').update(artifact.zip).digest('hex')}`,
    url: api,
    archive_download_url: `${api}/zip`,
    expired: false,
    created_at: artifact.createdAt,
    updated_at: artifact.createdAt,
    expires_at: new Date(Date.parse(artifact.createdAt) + ninetyDays).toISOString(),
    workflow_run: {
      id: artifact.runId,
      repository_id: repository.id,
      head_repository_id: repository.id,
      head_branch: run?.headBranch ?? repository.defaultBranch,
      head_sha: run?.headSha ?? '',
    },
  };
}
