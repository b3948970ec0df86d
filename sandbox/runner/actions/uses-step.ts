import { renderText, renderTexts, type Scope } from '../expressions/evaluate.ts';
import { type Frame, type StepCall, type StepExecution, scopeOf, stateOf } from '../job/runtime.ts';
import type { StepLog } from '../job/step-log.ts';
import type { ActionDefinition, Step, UsesStep } from '../workflow/model.ts';
import { checkout } from './checkout.ts';
import { executeJavascriptAction } from './javascript.ts';
import { loadAction, parseActionReference } from './resolve.ts';
import { uploadArtifact } from './upload-artifact.ts';

/** How the steps of a composite action are run: as those of a job. */
export type RunSteps = (
  runtime: StepCall['runtime'],
  frame: Frame,
  steps: readonly Step[],
  within: Pick<StepCall, 'log' | 'signal'>,
) => Promise<void>;

/** Runs the action that a `uses:` step names. */
export async function executeUsesStep(
  call: StepCall,
  step: UsesStep,
  runSteps: RunSteps,
): Promise<StepExecution> {
  const { runtime, frame, env, log } = call;
  log.note(`##[group]Run ${step.uses}`);
  log.note('##[endgroup]');
  const reference = parseActionReference(step.uses);
  const given = renderTexts(step.with, scopeOf(runtime, frame, env));
  if (reference.kind === 'checkout') return checkout(runtime, given, log);
  if (reference.kind === 'upload-artifact') return uploadArtifact(runtime, given, log);
  const roots = { workspace: runtime.directories.workspace, bundle: runtime.bundleDirectory };
  const { definition, directory } = await loadAction(step.uses, reference, roots);
  const inputs = inputsOf(scopeOf(runtime, frame, env), definition, given);
  warnOfUnknown(definition, given, log);
  const { runs } = definition;
  if (runs.using === 'composite')
    return executeComposite(call, definition, {
      directory,
      inputs,
      run: (frame) => runSteps(runtime, frame, runs.steps, call),
    });
  const name = step.uses.split('@')[0] ?? step.uses;
  return executeJavascriptAction(call, {
    name,
    action: runs,
    directory,
    inputs,
    env,
    state: stateOf(runtime, step),
  });
}

/** Given inputs and the defaults of those that were not given. */
export function inputsOf(
  scope: Scope,
  definition: ActionDefinition,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
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
  { runtime, env }: StepCall,
  definition: ActionDefinition,
  {
    directory,
    inputs,
    run,
  }: {
    readonly directory: string;
    readonly inputs: Readonly<Record<string, string>>;
    readonly run: (frame: Frame) => Promise<void>;
  },
): Promise<StepExecution> {
  const frame: Frame = {
    steps: {},
    inputs,
    env,
    defaults: { shell: null, workingDirectory: null },
    actionPath: directory,
    status: 'success',
  };
  await run(frame);
  const scope = scopeOf(runtime, frame, env);
  const outputs = definition.outputs.map(({ id, value }) => [id, renderText(value, scope) ?? ''] as const);
  return { succeeded: frame.status === 'success', outputs: Object.fromEntries(outputs) };
}
