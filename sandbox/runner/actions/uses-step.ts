import { basename } from 'node:path';
import { renderText, renderTexts } from '../expressions/evaluate.ts';
import type { StepExecution } from '../job/run-step.ts';
import { type Frame, type JobRuntime, scopeOf, stateOf } from '../job/runtime.ts';
import type { StepLog } from '../job/step-log.ts';
import { executeSteps } from '../job/steps.ts';
import type { ActionDefinition, UsesStep } from '../workflow/model.ts';
import { checkout } from './checkout.ts';
import { executeJavascriptAction } from './javascript.ts';
import { loadAction, parseActionReference } from './resolve.ts';

/** Runs the action that a `uses:` step names. */
export async function executeUsesStep(
  runtime: JobRuntime,
  frame: Frame,
  step: UsesStep,
  env: Readonly<Record<string, string>>,
  log: StepLog,
  signal: AbortSignal,
): Promise<StepExecution> {
  log.note(`##[group]Run ${step.uses}`);
  log.note('##[endgroup]');
  const reference = parseActionReference(step.uses);
  const given = renderTexts(step.with, scopeOf(runtime, frame, env));
  if (reference.kind === 'checkout') return checkout(runtime, given, log);
  const roots = { workspace: runtime.directories.workspace, bundle: runtime.bundleDirectory };
  const { definition, directory } = await loadAction(step.uses, reference, roots);
  const inputs = inputsOf(runtime, frame, definition, given, env);
  warnOfUnknown(definition, given, log);
  if (definition.runs.using === 'composite') {
    return executeComposite(runtime, definition, definition.runs.steps, directory, inputs, env, log, signal);
  }
  const use = {
    name: step.uses.split('@')[0] ?? basename(directory),
    action: definition.runs,
    directory,
    inputs,
    env,
    state: stateOf(runtime, step),
  };
  return executeJavascriptAction(runtime, use, log, signal);
}

/** Given inputs and the defaults of those that were not given. */
export function inputsOf(
  runtime: JobRuntime,
  frame: Frame,
  definition: ActionDefinition,
  given: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
): Record<string, string> {
  const scope = scopeOf(runtime, frame, env);
  const find = (id: string) =>
    Object.entries(given).find(([name]) => name.toLowerCase() === id.toLowerCase())?.[1];
  const declared = definition.inputs.map(
    (input) => [input.id, find(input.id) ?? renderText(input.default, scope) ?? ''] as const,
  );
  return { ...given, ...Object.fromEntries(declared) };
}

function warnOfUnknown(
  definition: ActionDefinition,
  given: Readonly<Record<string, string>>,
  log: StepLog,
): void {
  const known = definition.inputs.map((input) => input.id.toLowerCase());
  const unknown = Object.keys(given).filter((name) => !known.includes(name.toLowerCase()));
  if (unknown.length > 0) log.line(`::warning::Unexpected input(s) ${unknown.join(', ')}`);
}

async function executeComposite(
  runtime: JobRuntime,
  definition: ActionDefinition,
  steps: Extract<ActionDefinition['runs'], { using: 'composite' }>['steps'],
  directory: string,
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
  log: StepLog,
  signal: AbortSignal,
): Promise<StepExecution> {
  const frame: Frame = {
    steps: {},
    inputs,
    env,
    defaults: { shell: null, workingDirectory: null },
    actionPath: directory,
    status: 'success',
  };
  await executeSteps(runtime, frame, steps, { log, signal });
  const scope = scopeOf(runtime, frame, env);
  const outputs = definition.outputs.map(({ id, value }) => [id, renderText(value, scope) ?? ''] as const);
  return { succeeded: frame.status === 'success', outputs: Object.fromEntries(outputs) };
}
