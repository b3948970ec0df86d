import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createCommandFiles } from '../job/command-files.ts';
import { applyCommandFiles, processEnv } from '../job/process-env.ts';
import type { JobRuntime, StepCall, StepExecution } from '../job/runtime.ts';
import type { StepLog } from '../job/step-log.ts';
import type { ActionDefinition } from '../workflow/model.ts';

export type NodeAction = Extract<ActionDefinition['runs'], { using: 'node' }>;

/** One use of a JavaScript action: its three entry points share inputs and state. */
export interface JavascriptUse {
  readonly name: string;
  readonly action: NodeAction;
  readonly directory: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly state: Map<string, string>;
}

/** Runs `main` and queues `post`. */
export async function executeJavascriptAction(call: StepCall, use: JavascriptUse): Promise<StepExecution> {
  const { runtime, log, signal } = call;
  const { post, postIf } = use.action;
  if (post !== null) {
    runtime.posts.push({
      name: `Post ${use.name}`,
      condition: postIf,
      run: async (postLog, postSignal) => {
        const { succeeded } = await runEntryPoint(runtime, use, post, postLog, postSignal);
        return succeeded ? 'success' : 'failure';
      },
    });
  }
  return runEntryPoint(runtime, use, use.action.main, log, signal);
}

/** Runs one entry point in the Node that runs this runner (GitHub: the Node of `runs.using`). */
export async function runEntryPoint(
  runtime: JobRuntime,
  use: JavascriptUse,
  entryPoint: string,
  log: StepLog,
  signal: AbortSignal,
): Promise<StepExecution> {
  const file = join(use.directory, entryPoint);
  if (!existsSync(file)) {
    log.fail(`the entry point ${entryPoint} of ${use.name} does not exist: is the action built?`);
    return { succeeded: false, outputs: {} };
  }
  const files = await createCommandFiles(join(runtime.directories.temp, randomUUID()));
  const state = [...use.state].map(([name, value]) => [`STATE_${name}`, value] as const);
  const env = { ...use.env, ...inputVariables(use.inputs), ...Object.fromEntries(state) };
  const status = await runtime.processes.run({
    command: process.execPath,
    args: [file],
    cwd: runtime.directories.workspace,
    env: processEnv(runtime, env, files),
    signal,
    onLine: (line) => log.line(line),
  });
  for (const [name, value] of await files.state()) use.state.set(name, value);
  const { outputs, problems } = await applyCommandFiles(runtime, files);
  for (const problem of problems) log.fail(problem);
  if (status === null && !signal.aborted) log.fail(`${use.name} was killed`);
  return { succeeded: status === 0 && log.problems.length === 0, outputs };
}

/** `INPUT_<NAME>`: upper case, spaces become `_`, nothing else changes (GitHub: "Metadata syntax", `inputs`). */
export function inputVariables(inputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [
      `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
      value,
    ]),
  );
}
