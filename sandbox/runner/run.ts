import type { GithubEvent, GithubForRunner, SandboxRun } from '../contract.ts';
import { type ConcurrencyGroups, concurrencyOf, type Slots } from './concurrency.ts';
import { isTruthy, renderText, type Scope } from './expressions/evaluate.ts';
import { type Status, statusFunctions } from './expressions/functions.ts';
import { githubContext } from './job/context.ts';
import { describeFailure } from './job/failure.ts';
import { failedJob, runJob } from './job/job.ts';
import { environmentOf, type RepositorySettings } from './job/prepare.ts';
import type { Conclusion, JobRecord } from './record.ts';
import type { Snapshots } from './snapshots.ts';
import { dispatchInputs } from './workflow/inputs.ts';
import type { Job, Workflow } from './workflow/model.ts';

/** What all runs of one runner share. */
export interface RunnerParts {
  readonly github: GithubForRunner;
  readonly snapshots: Snapshots;
  readonly bundleDirectory: string;
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly settings: (repository: string) => RepositorySettings;
  readonly groups: ConcurrencyGroups;
  readonly slots: Slots;
  readonly closing: AbortSignal;
}

export interface RunRequest {
  readonly parts: RunnerParts;
  readonly event: GithubEvent;
  readonly workflow: Workflow;
  readonly run: SandboxRun;
  readonly runNumber: number;
  readonly cancel: AbortController;
  readonly onJob: (job: JobRecord) => void;
}

/** Runs the jobs of one workflow in the order of their `needs` and answers with the run's conclusion. */
export async function executeRun(request: RunRequest): Promise<Conclusion> {
  const inputs = dispatchInputs(request.workflow, request.event);
  const records = new Map<string, Promise<JobRecord>>();
  const start = (job: Job): Promise<JobRecord> => {
    const known = records.get(job.id);
    if (known !== undefined) return known;
    const needs = job.needs.map((id) => jobById(request.workflow, id));
    const started = Promise.all(needs.map(start)).then(() => runWhenNeeded(request, job, inputs, records));
    records.set(job.id, started);
    void started.then(request.onJob);
    return started;
  };
  const finished = await Promise.all(request.workflow.jobs.map(start));
  const conclusions = finished.map((record) => record.conclusion);
  if (conclusions.includes('failure')) return 'failure';
  if (conclusions.includes('cancelled')) return 'cancelled';
  return conclusions.every((conclusion) => conclusion === 'skipped') ? 'skipped' : 'success';
}

/** The contexts that exist before any job does. */
export function runScope(request: Omit<RunRequest, 'cancel' | 'onJob'>, inputs: unknown): Scope {
  const directories = { root: '', workspace: '', temp: '', home: '' };
  const { event, run, runNumber, workflow, parts } = request;
  const github = githubContext({
    event,
    run,
    runNumber,
    workflow,
    jobId: '',
    apiUrl: parts.github.apiUrl,
    token: '',
    directories,
    eventPath: '',
  });
  const vars = parts.settings(event.repository).variables;
  return { contexts: { github, vars, inputs, needs: {} }, functions: [] };
}

async function runWhenNeeded(
  request: RunRequest,
  job: Job,
  inputs: Readonly<Record<string, unknown>>,
  records: ReadonlyMap<string, Promise<JobRecord>>,
): Promise<JobRecord> {
  try {
    const needs = await needsOf(job, records);
    const scope = runScope(request, inputs);
    const withNeeds: Scope = {
      contexts: { ...scope.contexts, needs },
      functions: statusFunctions(await ancestorStatus(request, job, records)),
    };
    if (!isTruthy(job.condition, withNeeds)) return skipped(job, 'skipped');
    return await runInGroup(request, job, inputs, needs, withNeeds);
  } catch (error) {
    return failedJob(job, describeFailure(error));
  }
}

async function runInGroup(
  request: RunRequest,
  job: Job,
  inputs: Readonly<Record<string, unknown>>,
  needs: Readonly<Record<string, { result: string; outputs: unknown }>>,
  scope: Scope,
): Promise<JobRecord> {
  const { parts, event, cancel } = request;
  const setting = concurrencyOf(job.concurrency, scope);
  const own = new AbortController();
  const key = `${event.repository}\n${setting?.group ?? ''}`;
  const release =
    setting === null ? () => {} : await parts.groups.acquire(key, setting.cancelInProgress, own);
  if (release === null) return skipped(job, 'cancelled');
  const cancelled = AbortSignal.any([cancel.signal, own.signal]);
  try {
    const environment = environmentOf(job.environment, scope);
    const run = (): Promise<JobRecord> =>
      runJob({
        ...parts,
        event,
        inputs,
        run: request.run,
        runNumber: request.runNumber,
        workflow: request.workflow,
        job,
        needs,
        settings: parts.settings(event.repository),
        cancelled,
      });
    return environment === null
      ? await parts.slots.use(run)
      : await inEnvironment(request, job, environment, cancelled, () => parts.slots.use(run));
  } finally {
    release();
  }
}

/** A job waits at its environment without a slot: others run meanwhile. */
async function inEnvironment(
  { parts, event, run }: RunRequest,
  job: Job,
  environment: string,
  cancelled: AbortSignal,
  perform: () => Promise<JobRecord>,
): Promise<JobRecord> {
  const { repository, sha, ref } = event;
  const waiting = AbortSignal.any([cancelled, parts.closing]);
  const entry = await parts.github.enterEnvironment(repository, run.id, { environment, sha, ref }, waiting);
  if (entry.refused !== null) return failedJob(job, entry.refused);
  const record = await perform();
  await parts.github.leaveEnvironment(repository, entry.deploymentId, record.conclusion === 'success');
  return record;
}

async function needsOf(
  job: Job,
  records: ReadonlyMap<string, Promise<JobRecord>>,
): Promise<Record<string, { result: string; outputs: unknown }>> {
  const needs: Record<string, { result: string; outputs: unknown }> = {};
  for (const id of job.needs) {
    const record = await records.get(id);
    if (record !== undefined) needs[id] = { result: record.conclusion, outputs: record.outputs };
  }
  return needs;
}

/** `success()` of a job looks at every ancestor, not only at the direct needs. */
async function ancestorStatus(
  request: RunRequest,
  job: Job,
  records: ReadonlyMap<string, Promise<JobRecord>>,
): Promise<Status | 'skipped'> {
  if (request.cancel.signal.aborted) return 'cancelled';
  const conclusions = new Set<Conclusion>();
  const visit = async (id: string): Promise<void> => {
    const record = await records.get(id);
    if (record !== undefined) conclusions.add(record.conclusion);
    for (const parent of jobById(request.workflow, id).needs) await visit(parent);
  };
  for (const id of job.needs) await visit(id);
  return (
    (['failure', 'cancelled', 'skipped'] as const).find((status) => conclusions.has(status)) ?? 'success'
  );
}

function jobById(workflow: Workflow, id: string): Job {
  const job = workflow.jobs.find((candidate) => candidate.id.toLowerCase() === id.toLowerCase());
  if (job === undefined) throw new RangeError(`no job "${id}"`); // the parser refuses such a file
  return job;
}

function skipped(job: Job, conclusion: 'skipped' | 'cancelled'): JobRecord {
  const name =
    renderText(job.name?.kind === 'literal' ? job.name : null, { contexts: {}, functions: [] }) ?? job.id;
  return { id: job.id, name, conclusion, outputs: {}, steps: [], annotations: [], summary: '' };
}
