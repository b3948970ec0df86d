import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { InputError } from '../../../core/errors.ts';
import { renderText } from '../expressions/evaluate.ts';
import type { RunStep } from '../workflow/model.ts';
import { createCommandFiles } from './command-files.ts';
import { applyCommandFiles, processEnv } from './process-env.ts';
import { type Frame, type JobRuntime, type StepCall, type StepExecution, scopeOf } from './runtime.ts';

/** GitHub's templates for `shell:` on Linux; without one it is `bash -e {0}`. */
const shells: Readonly<Record<string, readonly [template: string, extension: string]>> = {
  bash: ['bash --noprofile --norc -eo pipefail {0}', '.sh'],
  sh: ['sh -e {0}', '.sh'],
  python: ['python {0}', '.py'],
  pwsh: ['pwsh -File {0}', '.ps1'],
};

/** Runs the script of a `run:` step. */
export async function executeRunStep(call: StepCall, step: RunStep): Promise<StepExecution> {
  const { runtime, frame, env, log, signal } = call;
  const scope = scopeOf(runtime, frame, env);
  const script = renderText(step.run, scope) ?? '';
  const shell = renderText(step.shell ?? frame.defaults.shell, scope);
  const directory = renderText(step.workingDirectory ?? frame.defaults.workingDirectory, scope) ?? '';
  const { command, args } = await writeScript(runtime, script, shell);
  const files = await createCommandFiles(join(runtime.directories.temp, randomUUID()));
  log.note(`##[group]Run ${script.trim().split('\n')[0] ?? ''}`);
  log.note('##[endgroup]');
  const status = await runtime.processes.run({
    command,
    args,
    cwd: resolve(runtime.directories.workspace, directory),
    env: processEnv(runtime, withActionPath(frame, env), files),
    signal,
    onLine: (line) => log.line(line),
  });
  const { outputs, problems } = await applyCommandFiles(runtime, files);
  for (const problem of problems) log.fail(problem);
  if (status !== 0 && !signal.aborted) log.fail(`the script ended with exit status ${status ?? '(killed)'}`);
  return { succeeded: status === 0 && log.problems.length === 0, outputs };
}

async function writeScript(
  runtime: JobRuntime,
  script: string,
  shell: string | null,
): Promise<{ readonly command: string; readonly args: readonly string[] }> {
  const [template, extension] = shell === null ? ['bash -e {0}', '.sh'] : (shells[shell] ?? [shell, '']);
  if (!template.includes('{0}')) {
    throw new InputError(
      'shell-unknown',
      `the shell \`${template}\` is neither ${Object.keys(shells).join(', ')} nor a template with {0}`,
      'name one of these shells, or write a template such as `node {0}`',
    );
  }
  const file = join(runtime.directories.temp, `${randomUUID()}${extension}`);
  await writeFile(file, script.endsWith('\n') ? script : `${script}\n`);
  const [command = '', ...args] = template.split(/\s+/).map((part) => part.replaceAll('{0}', file));
  return { command, args };
}

function withActionPath(
  frame: Frame,
  env: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return frame.actionPath === null ? env : { ...env, GITHUB_ACTION_PATH: frame.actionPath };
}
