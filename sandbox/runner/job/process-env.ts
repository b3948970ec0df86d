import { delimiter } from 'node:path';
import type { CommandFiles } from './command-files.ts';
import type { JobRuntime } from './runtime.ts';

/** Variables for a process of a step: the workflow's cannot overwrite the runner's own. */
export function processEnv(
  runtime: JobRuntime,
  stepEnv: Readonly<Record<string, string>>,
  files: CommandFiles,
): Record<string, string> {
  const env: Record<string, string> = {
    ...runtime.baseEnv,
    ...stepEnv,
    ...runtime.fixedEnv,
    ...files.environment,
  };
  const path = [...runtime.exportedPath].reverse();
  return { ...env, PATH: [...path, env.PATH ?? ''].join(delimiter) };
}

/**
 * Takes over what a step wrote to its files. GitHub's runner refuses `NODE_OPTIONS` in `GITHUB_ENV`, because it
 * would run code in later actions; so does this one. Returns the step's outputs and the refusals.
 */
export async function applyCommandFiles(
  runtime: JobRuntime,
  files: CommandFiles,
): Promise<{ readonly outputs: Record<string, string>; readonly problems: readonly string[] }> {
  const problems: string[] = [];
  for (const [name, value] of await files.env()) {
    if (name === 'NODE_OPTIONS') problems.push('NODE_OPTIONS cannot be set through $GITHUB_ENV');
    else runtime.exportedEnv[name] = value;
  }
  runtime.exportedPath.push(...(await files.paths()));
  const summary = runtime.masks.apply(await files.summary());
  if (summary !== '') runtime.summaries.push(summary);
  return { outputs: Object.fromEntries(await files.outputs()), problems };
}
