import { runEntryPoint } from '../actions/javascript.ts';
import { loadAction, parseActionReference } from '../actions/resolve.ts';
import { inputsOf } from '../actions/uses-step.ts';
import { isTruthy, renderTexts } from '../expressions/evaluate.ts';
import type { Step, UsesStep } from '../workflow/model.ts';
import { type Frame, type JobRuntime, scopeOf, stateOf } from './runtime.ts';
import { StepLog } from './step-log.ts';
import { record } from './steps.ts';

/**
 * Runs the `pre` of every JavaScript action of the job before its first step. A local action has none, because
 * nothing is checked out yet (GitHub's runner: "`runs.pre` is not supported for local actions").
 */
export async function runPreSteps(runtime: JobRuntime, frame: Frame, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    if (step.kind === 'uses') await runPre(runtime, frame, step);
  }
}

async function runPre(runtime: JobRuntime, frame: Frame, step: UsesStep): Promise<void> {
  const reference = parseActionReference(step.uses);
  if (reference.kind !== 'bundle') return;
  const roots = { workspace: runtime.directories.workspace, bundle: runtime.bundleDirectory };
  const { definition, directory } = await loadAction(step.uses, reference, roots);
  if (definition.runs.using !== 'node' || definition.runs.pre === null) return;
  const scope = scopeOf(runtime, frame, frame.env);
  if (!isTruthy(definition.runs.preIf, scope)) return;
  const env = { ...frame.env, ...renderTexts(step.env, scope) };
  const inputs = inputsOf(scopeOf(runtime, frame, env), definition, renderTexts(step.with, scope));
  const name = `Pre ${step.uses.split('@')[0]}`;
  const use = { name, action: definition.runs, directory, inputs, env, state: stateOf(runtime, step) };
  const log = new StepLog(runtime.masks);
  const started = performance.now();
  const signal = AbortSignal.any([runtime.closing, runtime.cancelled]);
  const { succeeded } = await runEntryPoint(runtime, use, definition.runs.pre, log, signal);
  const conclusion = succeeded ? 'success' : 'failure';
  if (!succeeded) frame.status = 'failure';
  record(runtime, { name, outcome: conclusion, conclusion, durationMs: performance.now() - started }, log);
}
