import { executeUsesStep } from '../actions/uses-step.ts';
import { isTruthy, render, renderText, renderTexts, type Scope } from '../expressions/evaluate.ts';
import type { Conclusion } from '../record.ts';
import type { Step, Template } from '../workflow/model.ts';
import { describeFailure } from './failure.ts';
import { executeRunStep } from './run-step.ts';
import {
  type Frame,
  type JobRuntime,
  type StepCall,
  type StepExecution,
  type StepResult,
  scopeOf,
} from './runtime.ts';
import { StepLog } from './step-log.ts';

/** Where the steps of a composite action write, and what ends them: those of the step that uses it. */
export interface Enclosing {
  readonly log: StepLog;
  readonly signal: AbortSignal;
}

const notRun: StepResult = { outputs: {}, outcome: 'skipped', conclusion: 'skipped' };

/** Runs steps one after the other. Results are left in `frame`; steps of a job are recorded too. */
export async function executeSteps(
  runtime: JobRuntime,
  frame: Frame,
  steps: readonly Step[],
  enclosing?: Enclosing,
): Promise<void> {
  for (const step of steps) {
    if (runtime.closing.aborted) frame.status = 'cancelled';
    const log = enclosing?.log ?? new StepLog(runtime.masks);
    const started = performance.now();
    const result = runtime.closing.aborted ? notRun : await executeStep(runtime, frame, step, log, enclosing);
    frame.steps[step.id] = result;
    if (runtime.cancelled.aborted) frame.status = 'cancelled';
    else if (result.conclusion === 'failure') frame.status = 'failure';
    if (enclosing === undefined) {
      const durationMs = performance.now() - started;
      record(runtime, { ...result, name: nameOf(runtime, frame, step), durationMs }, log);
    }
  }
}

/** Keeps a step's record; everything in it is masked. */
export function record(
  runtime: JobRuntime,
  step: {
    readonly name: string;
    readonly outcome: Conclusion;
    readonly conclusion: Conclusion;
    readonly durationMs: number;
  },
  log: StepLog,
): void {
  const { outcome, conclusion, durationMs } = step;
  runtime.records.push({
    name: runtime.masks.apply(step.name),
    outcome,
    conclusion,
    log: log.text(),
    durationMs,
  });
  runtime.annotations.push(...log.annotations);
}

async function executeStep(
  runtime: JobRuntime,
  frame: Frame,
  step: Step,
  log: StepLog,
  enclosing: Enclosing | undefined,
): Promise<StepResult> {
  const outer = { ...frame.env, ...runtime.exportedEnv };
  try {
    if (!isTruthy(step.condition, scopeOf(runtime, frame, outer))) return notRun;
    const env = { ...outer, ...renderTexts(step.env, scopeOf(runtime, frame, outer)) };
    const signal = signalOf(runtime, scopeOf(runtime, frame, env), step, enclosing);
    const call: StepCall = { runtime, frame, env, log, signal };
    const problemsBefore = log.problems.length;
    const execution = await attempt(call, step);
    const succeeded = execution.succeeded && log.problems.length === problemsBefore && !signal.aborted;
    return conclude(call, step, { ...execution, succeeded });
  } catch (error) {
    log.fail(describeFailure(error));
    return { outputs: {}, outcome: 'failure', conclusion: 'failure' };
  }
}

/** A step that starts after a cancellation is an `always()` step: only its own time and closing end it. */
function signalOf(
  runtime: JobRuntime,
  scope: Scope,
  step: Step,
  enclosing: Enclosing | undefined,
): AbortSignal {
  const minutes = Number(renderText(step.timeoutMinutes, scope) ?? Number.NaN);
  return AbortSignal.any([
    runtime.closing,
    ...(enclosing === undefined ? [] : [enclosing.signal]),
    ...(runtime.cancelled.aborted ? [] : [runtime.cancelled]),
    ...(minutes > 0 ? [AbortSignal.timeout(minutes * 60_000)] : []),
  ]);
}

async function attempt(call: StepCall, step: Step): Promise<StepExecution> {
  try {
    return step.kind === 'run'
      ? await executeRunStep(call, step)
      : await executeUsesStep(call, step, executeSteps);
  } catch (error) {
    call.log.fail(describeFailure(error));
    return { succeeded: false, outputs: {} };
  }
}

function conclude(call: StepCall, step: Step, { succeeded, outputs }: StepExecution): StepResult {
  const { runtime, frame, env, log, signal } = call;
  if (succeeded) return { outputs, outcome: 'success', conclusion: 'success' };
  if (runtime.cancelled.aborted || runtime.closing.aborted) {
    return { outputs, outcome: 'cancelled', conclusion: 'cancelled' };
  }
  if (signal.aborted) log.fail('the step ran longer than its timeout-minutes and was ended');
  const tolerated =
    step.continueOnError !== null && render(step.continueOnError, scopeOf(runtime, frame, env)) === true;
  return { outputs, outcome: 'failure', conclusion: tolerated ? 'success' : 'failure' };
}

function nameOf(runtime: JobRuntime, frame: Frame, step: Step): string {
  try {
    const name = renderText(step.name, scopeOf(runtime, frame, { ...frame.env, ...runtime.exportedEnv }));
    if (name !== null && name !== '') return name;
  } catch {
    // a name that cannot be evaluated is no reason to lose the step's record
  }
  return `Run ${step.kind === 'uses' ? step.uses : firstLine(step.run)}`;
}

function firstLine(script: Template): string {
  const text =
    script.kind === 'expression' ? script.source : script.kind === 'literal' ? String(script.value) : '';
  return text.trim().split('\n')[0] ?? '';
}
