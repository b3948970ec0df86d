import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { render, renderText, renderTexts, type Scope } from '../expressions/evaluate.ts';
import { annotation, type Conclusion, type JobRecord } from '../record.ts';
import type { Job } from '../workflow/model.ts';
import { describeFailure } from './failure.ts';
import { runPostSteps } from './post-steps.ts';
import { runPreSteps } from './pre-steps.ts';
import { frameOf, type JobRequest, prepareJob } from './prepare.ts';
import { ProcessGroups } from './process.ts';
import { type Frame, type JobRuntime, scopeOf } from './runtime.ts';
import { executeSteps } from './steps.ts';

/** Runs one job whose `if:` is already known to hold. Never throws: what goes wrong is in the record. */
export async function runJob(request: JobRequest): Promise<JobRecord> {
  await mkdir(request.directory, { recursive: true });
  const root = await mkdtemp(join(request.directory, `${request.job.id}-`));
  const processes = new ProcessGroups();
  try {
    return await runJobIn(request, root, processes);
  } catch (error) {
    return failedJob(request.job, describeFailure(error));
  } finally {
    processes.killAll();
    await rm(root, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The record of a job that could not start. */
export function failedJob(job: Job, problem: string): JobRecord {
  return {
    id: job.id,
    name: job.id,
    conclusion: 'failure',
    outputs: {},
    steps: [],
    annotations: [annotation('error', problem)],
    summary: '',
  };
}

async function runJobIn(request: JobRequest, root: string, processes: ProcessGroups): Promise<JobRecord> {
  const { job } = request;
  const runtime = await prepareJob(request, root, processes);
  const frame = frameOf(request, runtime);
  const scope = scopeOf(runtime, frame, frame.env);
  await runPreSteps(runtime, frame, job.steps);
  await executeSteps(runtime, frame, job.steps);
  await runPostSteps(runtime, frame);
  const outputs = outputsOf(runtime, frame, job);
  return {
    id: job.id,
    name: renderText(job.name, scope) ?? job.id,
    conclusion: conclusionOf(frame, job, scope),
    outputs,
    steps: runtime.records,
    annotations: runtime.annotations,
    summary: runtime.summaries.join('\n'),
  };
}

/** An output that contains a secret is left out, as GitHub does, and a warning says so. */
function outputsOf(runtime: JobRuntime, frame: Frame, job: Job): Record<string, string> {
  const outputs = renderTexts(job.outputs, scopeOf(runtime, frame, { ...frame.env, ...runtime.exportedEnv }));
  return Object.fromEntries(
    Object.entries(outputs).filter(([name, value]) => {
      if (!runtime.masks.covers(value)) return true;
      const message = `the output "${name}" is left out because it may contain a secret`;
      runtime.annotations.push(annotation('warning', message));
      return false;
    }),
  );
}

function conclusionOf(frame: Frame, job: Job, scope: Scope): Conclusion {
  const tolerated = job.continueOnError !== null && render(job.continueOnError, scope) === true;
  return frame.status === 'failure' && tolerated ? 'success' : frame.status;
}
